// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');
require('events').captureRejections = true;

const server = net.createServer((socket) => socket.on('error', () => {}).end('x'));
server.listen(0, '127.0.0.1', () => {
  const socket = net.connect(server.address().port, '127.0.0.1');
  socket.on('data', async () => {
    throw new Error('from an async listener');
  });
  socket.on('error', (e) => console.log('error', e.message));
  socket.on('close', (hadError) => {
    console.log('close', hadError);
    server.close();
  });
});
