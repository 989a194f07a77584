// Copyright 2026 The duplex authors. MIT license.

'use strict';

// One handle makes one connection: a second attempt, while the first is on its way, ends both.
const net = require('net');
const server = net.createServer((socket) => socket.on('error', () => {}).resume()).listen(0, '127.0.0.1', () => {
  const { port } = server.address();
  const socket = new net.Socket();
  for (const event of ['connectionAttempt', 'connect', 'ready', 'close']) socket.on(event, () => console.log(event));
  socket.on('error', (error) => console.log('error', error.code, error.syscall, error.address, error.port === port));
  console.log(socket.connect(port, '127.0.0.1', () => console.log('first')) === socket);
  console.log(socket.connect(port, '127.0.0.1', () => console.log('second')) === socket);
  socket.on('close', () => {
    console.log(socket.listenerCount('connect'));
    server.close();
  });
});
