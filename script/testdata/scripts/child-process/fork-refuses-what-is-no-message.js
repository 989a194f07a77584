const cp = require('child_process');

if (process.argv[2] === 'child') {
  process.on('message', () => {});
  return;
}
const tried = (f) => {
  try {
    console.log(f());
  } catch (error) {
    console.log(error.name, error.code, error.message);
  }
};
const child = cp.fork(__filename, ['child']);
for (const message of [undefined, () => {}, Symbol('a'), 1n]) tried(() => child.send(message));
tried(() => child.send('x', {}));
tried(() => child.send('x', undefined, 'x'));
tried(() => cp.fork());
tried(() => cp.fork('x', 1));
tried(() => cp.fork('x', ['a'], 1));
tried(() => cp.fork('x', { stdio: ['pipe', 'pipe', 'pipe'] }));
tried(() => cp.fork('x', { stdio: 'nonsense' }));
tried(() => cp.fork('x', { serialization: 'nonsense' }));
tried(() => cp.spawn('true', { stdio: ['ipc', 'ipc'] }));
tried(() => cp.spawnSync('true', { stdio: ['ipc'] }));
child.on('error', (error) => console.log('error', error.code, error.message));
child.on('disconnect', () => {
  console.log('disconnect');
  console.log(child.send('late', (error) => console.log('callback', error.code, error.message)), child.send('later'));
  child.disconnect();
});
child.on('exit', (code, signal) => console.log('exit', code, signal));
child.disconnect();
