// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const server = net.createServer((socket) => socket.unref());
server.listen(0, '127.0.0.1', () => {
  server.unref();
  const socket = net.connect(server.address().port, '127.0.0.1');
  socket.unref();
  socket.on('connect', () => console.log('connect'));
});
process.on('exit', () => console.log('exit'));
