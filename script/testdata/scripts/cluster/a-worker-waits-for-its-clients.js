// worker.disconnect closes the servers, and leaves when their last client has.
const cluster = require('cluster');
const net = require('net');

if (cluster.isWorker) {
  net.createServer((socket) => {
    socket.write('hello');
    socket.on('data', () => {
      cluster.worker.disconnect();
      setTimeout(() => socket.end('bye'), 100);
    });
  }).listen(0, '127.0.0.1');
  return;
}
const worker = cluster.fork();
worker.on('disconnect', () => console.log('disconnect', worker.exitedAfterDisconnect));
worker.on('exit', (...args) => console.log('exit', ...args));
worker.on('listening', ({ port }) => {
  const client = net.connect(port, '127.0.0.1');
  client.on('data', (chunk) => {
    console.log(String(chunk));
    if (String(chunk) === 'hello') client.write('leave');
  }).on('close', () => console.log('the client is gone'));
});
