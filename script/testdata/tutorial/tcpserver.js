// Copyright 2026 The duplex authors. MIT license.

// The tutorial's server. It answers goodbye!!! to whatever it hears, and tells what
// happens to it and to its clients.
//
//	tcpserver.js [WORD...]
//
// hex and bytes say how data is shown, end ends each client behind the answer,
// unref does not stay for the server's sake, close stops listening once a client
// has come. PORT in the environment is another port.

const net = require('net');

const host = '127.0.0.1';
const port = Number(process.env.PORT || 6666);
const asked = (word) => process.argv.includes(word);

// A socket is made for each client: it is the server's end of that connection alone.
const server = net.createServer((client) => {
  console.log('client', client.remoteAddress, client.remotePort);
  if (asked('hex')) client.setEncoding('hex');
  else if (!asked('bytes')) client.setEncoding('utf8');

  client.on('data', (data) => {
    console.log('data', data);
    client.write('goodbye!!!');
    if (asked('end')) client.end();
  });
  client.on('close', () => console.log('client close'));
  client.on('error', (error) => console.log('client error', error.message));
});

server.on('listening', () => {
  const { address, port } = server.address();
  console.log(`server listening ${address}:${port}`);
});
server.on('connection', (socket) => {
  console.log(`server connection ${socket.remoteAddress}:${socket.remotePort}`);
  if (asked('close')) server.close();
});
server.on('close', () => console.log('server close'));
server.on('error', (error) => console.log('server error', error.message));

server.listen({ host, port, exclusive: true });
if (asked('unref')) server.unref();
