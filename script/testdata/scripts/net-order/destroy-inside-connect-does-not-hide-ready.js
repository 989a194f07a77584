// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const server = net.createServer((socket) => socket.on('error', () => {}).resume());
server.listen(0, '127.0.0.1', () => {
  const socket = net.connect(server.address().port, '127.0.0.1');
  socket.on('connect', () => {
    console.log('connect');
    socket.destroy();
    console.log('destroyed', socket.destroyed);
  });
  socket.on('ready', () => console.log('ready'));
  socket.on('close', (hadError) => {
    console.log('close', hadError);
    server.close();
  });
});
