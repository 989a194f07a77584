// Clients go around; one that is killed is missed by nobody.
const cluster = require('cluster');
const net = require('net');

if (cluster.isWorker) {
  net.createServer((socket) => socket.end(String(cluster.worker.id))).listen(0, '127.0.0.1');
  net.createServer().on('error', ({ code, syscall, message }) => process.send([code, syscall, message, process.argv.slice(2)])).listen('/nope/x');
  return;
}
const once = (emitter, name) => new Promise((resolve) => emitter.once(name, (...args) => resolve(args)));
const ask = (port) => new Promise((resolve) => {
  net.connect(port, '127.0.0.1').on('data', (chunk) => resolve(String(chunk))).on('error', (error) => resolve(error.code));
});

(async () => {
  cluster.setupPrimary({ args: ['x', 'y'] });
  const first = cluster.fork();
  cluster.once('message', (worker, message) => console.log(message));
  const [{ port }] = await once(first, 'listening');
  const second = cluster.fork();
  console.log((await once(second, 'listening'))[0].port === port);
  const served = new Set();
  for (let i = 0; i < 6; i++) served.add(await ask(port));
  console.log([...served].sort());
  first.kill();
  console.log(await once(first, 'exit'), first.exitedAfterDisconnect);
  console.log(await ask(port), await ask(port));
  second.process.kill('SIGKILL');
  console.log(await once(second, 'exit'), second.exitedAfterDisconnect, second.isConnected());
  console.log(await ask(port));
  const third = cluster.fork();
  await once(third, 'listening');
  third.process.disconnect();
  console.log(await once(third, 'exit'));
})();
