// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const server = net.createServer((socket) => {
  server.close();
  socket.end('unread');
  socket.unref();
});
server.listen(0, '127.0.0.1', () => {
  const socket = net.connect(server.address().port, '127.0.0.1');
  socket.on('end', () => console.log('never'));
  socket.on('close', () => console.log('never'));
  socket.on('connect', () => setTimeout(() => console.log(socket.readableLength, socket.readyState), 50));
});
process.on('exit', () => console.log('exit'));
