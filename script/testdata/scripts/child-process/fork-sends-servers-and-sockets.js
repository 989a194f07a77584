// Descriptors go over the channel, both ways.
const cp = require('child_process');
const net = require('net');

if (process.argv[2] === 'child') {
  process.on('message', (message, handle) => {
    switch (message) {
      case 'server':
        handle.on('connection', (socket) => socket.end('the child serves'));
        process.send([handle instanceof net.Server, handle.listening]);
        break;
      case 'socket':
        handle.end(`the child has it: ${[handle instanceof net.Socket, handle.readable, handle.writable]}`);
        break;
      case 'make': {
        const server = net.createServer().listen(0, '127.0.0.1', () => process.send('made', server, () => server.close()));
        break;
      }
      case 'end':
        process.exit(3);
    }
  });
  return;
}
const child = cp.fork(__filename, ['child']);
const answer = () => new Promise((resolve) => child.once('message', (...args) => resolve(args)));
const listen = (server) => new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const ask = (port) => new Promise((resolve, reject) => {
  let text = '';
  net.connect(port, '127.0.0.1').on('data', (chunk) => { text += chunk; }).on('close', () => resolve(text)).on('error', reject);
});

(async () => {
  const server = net.createServer(() => console.log('never'));
  await listen(server);
  const { port } = server.address();
  child.send('server', server, (error) => console.log('sent', error));
  console.log(...await answer());
  server.close();
  console.log(await ask(port));

  const giver = net.createServer((socket) => {
    console.log(child.send('socket', socket), socket._handle, socket.destroyed);
    giver.close();
  });
  await listen(giver);
  console.log(await ask(giver.address().port));

  child.send('make');
  const [message, made] = await answer();
  console.log(message, made instanceof net.Server, made.listening);
  made.on('connection', (socket) => socket.end('the parent serves'));
  console.log(await ask(made.address().port));
  made.close();
  child.send('end');
  child.on('exit', (...args) => console.log('exit', ...args));
})();
