// Copyright 2026 The duplex authors. MIT license.

// Listens, prints what clients send, and answers each of them with goodbye!!!.
//
//	duplex-run tcpserver.js [PORT]

'use strict';

const net = require('net');

const host = '127.0.0.1';
const port = Number(process.argv[2] ?? 6666);

// Each client gets a socket of its own: what is written into it comes out at that
// client, and nowhere else.
const server = net.createServer((socket) => {
  const name = `${socket.remoteAddress}:${socket.remotePort}`;
  console.log('connection', name);

  socket.setEncoding('utf8'); // text, and never half a character
  socket.on('data', (text) => {
    console.log('data', text);
    socket.write('goodbye!!!');
  });
  socket.on('error', (error) => console.log('error', error.message));
  socket.on('close', () => console.log('close', name));
});

server.on('error', (error) => {
  console.error(error.message); // the port is taken, most likely
  process.exitCode = 1;
});
server.listen({ host, port, exclusive: true }, () => {
  console.log(`listening ${host}:${server.address().port}`);
});
