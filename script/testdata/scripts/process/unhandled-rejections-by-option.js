// What --unhandled-rejections makes of a rejection, with and without listeners.
const { spawnSync } = require('child_process');

if (process.argv[2] !== undefined) {
  process.on('exit', (code) => console.log('exit', code));
  if (process.argv[2] === 'rejection') process.on('unhandledRejection', (reason) => console.log('unhandledRejection', String(reason)));
  if (process.argv[2] === 'exception') process.on('uncaughtException', (error, origin) => console.log('uncaughtException', error.message, origin));
  Promise.reject(new Error('x'));
  Promise.reject(1);
  return;
}
for (const mode of ['throw', 'strict', 'warn', 'none', 'warn-with-error-code']) {
  for (const listener of ['nobody', 'rejection', 'exception']) {
    const { status, stdout, stderr } = spawnSync(process.execPath, [`--unhandled-rejections=${mode}`, __filename, listener], { encoding: 'utf8' });
    console.log(mode, listener, status);
    console.log(stdout);
    console.log(stderr.replace(/^ +at .*\n/gm, '').replace(/node:\d+/g, 'node:PID').replace(/^\/.*\n/gm, ''));
  }
}
