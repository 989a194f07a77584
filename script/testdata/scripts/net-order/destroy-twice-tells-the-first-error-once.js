// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const server = net.createServer((socket) => socket.on('error', () => {}).resume());
server.listen(0, '127.0.0.1', () => {
  const socket = net.connect(server.address().port, '127.0.0.1', () => {
    socket.destroy(new Error('first'));
    socket.destroy(new Error('second'));
    socket.destroy();
  });
  socket.on('error', (e) => console.log('error', e.message));
  socket.on('close', (hadError) => {
    console.log('close', hadError);
    socket.destroy(new Error('third'));
    server.close();
  });
});
