// Messages are JSON, in order, and each side sees the other leave.
const cp = require('child_process');

if (process.argv[2] === 'child') {
  process.send({ connected: process.connected, channel: typeof process.channel, fd: process.env.NODE_CHANNEL_FD });
  process.on('message', (message, handle) => {
    process.send([message, handle === undefined], (error) => {
      if (message !== 'end') return;
      process.on('disconnect', () => process.exit(error === null ? 4 : 1));
      process.disconnect();
    });
  });
  return;
}
const child = cp.fork(__filename, ['child']);
for (const name of ['spawn', 'message', 'disconnect', 'exit', 'close']) {
  child.on(name, (...args) => console.log(name, ...args, child.connected, child.channel === null));
}
console.log(child.send({ date: new Date(0), u: undefined, f() {}, text: 'é\n\u2028😀' }));
child.send(null);
child.send(false);
child.send(1.5);
child.send('end');
