// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const server = net.createServer((socket) => socket.on('error', () => {}).resume());
server.listen(0, '127.0.0.1', () => {
  const socket = net.connect(server.address().port, '127.0.0.1');
  socket.on('connect', () => console.log('never'));
  socket.on('error', () => console.log('never'));
  socket.on('close', (hadError) => {
    console.log('close', hadError, socket.connecting, socket.pending);
    server.close();
  });
  console.log(socket.destroy() === socket, socket.connecting, socket.pending, socket.destroyed, socket.readyState);
});
