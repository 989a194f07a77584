// What both sides are told, from fork to exit.
const cluster = require('cluster');
const net = require('net');

if (cluster.isPrimary) {
  console.log(Object.keys(cluster).filter((key) => !key.startsWith('_')).sort().join(), cluster.schedulingPolicy, cluster.settings);
  cluster.on('setup', (settings) => console.log('setup', Object.keys(settings)));
  for (const name of ['fork', 'online', 'listening', 'disconnect', 'exit', 'message']) {
    cluster.on(name, (worker, what, ...rest) => {
      if (name === 'listening') what = { ...what, port: typeof what.port };
      console.log('cluster', name, worker.id, what, name === 'exit' ? rest : '');
    });
  }
  const worker = cluster.fork({ ADDED: 'by the primary' });
  console.log(worker.id, worker.state, worker.isConnected(), worker.isDead(), Object.keys(cluster.workers), worker instanceof cluster.Worker);
  for (const name of ['online', 'listening', 'disconnect', 'exit']) {
    worker.on(name, () => console.log('worker', name, worker.state, worker.exitedAfterDisconnect));
  }
  worker.on('listening', ({ port }) => {
    net.connect(port, '127.0.0.1').on('data', (chunk) => console.log(String(chunk))).on('close', () => worker.send('leave'));
  });
  worker.on('message', (message) => {
    if (message === 'I was told: leave') worker.disconnect();
  });
  cluster.on('exit', () => {
    console.log(Object.keys(cluster.workers), worker.isConnected(), worker.isDead());
    cluster.disconnect(() => console.log('nobody is left'));
  });
} else {
  process.send([cluster.isWorker, cluster.worker.id, process.env.ADDED, process.env.NODE_UNIQUE_ID, cluster.worker.process === process]);
  const server = net.createServer((socket) => socket.end(`a worker serves ${socket.remoteAddress} at ${socket.localAddress}`));
  server.listen(0, '127.0.0.1', () => process.send([server.listening, server.address().address]));
  cluster.worker.on('message', (message) => process.send(`I was told: ${message}`));
  server.on('close', () => process.send('my server is closed'));
}
