const cp = require('child_process');
const { promisify } = require('util');

const run = (name, ...args) => new Promise((resolve) => {
  const child = cp[name](...args, (error, stdout, stderr) => {
    console.log(name, args, error && { ...error, message: error.message }, stdout, stderr);
    resolve();
  });
  if (args[0] === 'sleep 5') child.kill();
});
(async () => {
  await run('execFile', 'sh', ['-c', 'echo o; echo e >&2; exit 3']);
  await run('execFile', 'nope', ['a']);
  await run('execFile', 'sleep', ['5'], { timeout: 50 });
  await run('execFile', 'head', ['-c', '20', '/dev/zero'], { maxBuffer: 5, encoding: 'hex' });
  await run('execFile', 'echo', ['é'], { encoding: 'buffer' });
  await run('execFile', 'echo', ['ééé'], { maxBuffer: 3 });
  await run('execFile', 'echo', ['a b'], { shell: true });
  await run('exec', 'kill -9 $$');
  await run('exec', 'sleep 5');
  await run('exec', 'pwd', { cwd: '/nope' });
  await promisify(cp.exec)('echo a; exit 2').catch((error) => console.log({ ...error }));
  console.log(await promisify(cp.execFile)('echo', ['x']));
})();
