// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const server = net.createServer((socket) => {
  socket.resume();
  server.close();
});
server.listen(0, '127.0.0.1', () => {
  const socket = net.connect(server.address().port, '127.0.0.1', () => {
    socket.on('finish', () => console.log('finish, before'));
    socket.end('x', 'utf8', (e) => console.log('callback', e, socket.writableFinished));
    socket.on('finish', () => console.log('finish, after'));
    socket.on('close', () => console.log('close'));
  });
  socket.resume();
});
