// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const server = net.createServer((socket) => {
  socket.on('data', (chunk) => console.log('server hears', chunk.toString()));
  socket.on('end', () => server.close());
});
server.listen(0, '127.0.0.1', () => {
  const socket = net.connect(server.address().port, '127.0.0.1');
  socket.end('last and first words', () => console.log('finished'));
  console.log(socket.readyState, socket.writable, socket.writableEnded, socket.writableFinished);
  socket.on('connect', () => console.log('connect', socket.readyState));
  socket.resume();
});
