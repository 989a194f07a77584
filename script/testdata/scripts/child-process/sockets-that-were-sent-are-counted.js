// A server counts the sockets that were sent to a child, and its close waits for them.
const cp = require('child_process');
const net = require('net');

if (process.argv[2] === 'child') {
  const sockets = [];
  process.on('message', (message, socket) => {
    if (message === 'socket') {
      sockets.push(socket);
      socket.resume();
      process.send('got it');
    } else if (message === 'close one') {
      sockets.shift().on('close', () => process.send('closed')).end('bye');
    } else {
      process.disconnect();
    }
  });
  return;
}
const child = cp.fork(__filename, ['child']);
const answer = () => new Promise((resolve) => child.once('message', resolve));
const server = net.createServer();
const count = () => new Promise((resolve) => server.getConnections((error, n) => resolve(error ? error.code : n)));
const client = () => new Promise((resolve) => {
  server.once('connection', resolve);
  net.connect(server.address().port, '127.0.0.1').resume();
});

server.listen(0, '127.0.0.1', async () => {
  console.log(server._usingWorkers, server._workers.length, await count());
  const kept = await client();
  for (let i = 0; i < 2; i++) {
    const socket = await client();
    child.send('socket', socket);
    console.log(await answer(), server._connections, await count());
  }
  console.log(server._usingWorkers, server._workers.length);
  child.send('close one');
  console.log(await answer(), await count());
  kept.end();
  await new Promise((resolve) => kept.on('close', resolve).resume());
  console.log('mine is closed', server._connections, await count());
  let open = true;
  const closed = new Promise((resolve) => server.close((error) => {
    open = false;
    resolve(['server closed', error, server._connections]);
  }));
  console.log('closing', await count(), open);
  child.send('close one');
  console.log(await answer());
  console.log(...await closed);
  child.send('end');
  child.on('exit', () => console.log('exit', server._workers.length));
});
