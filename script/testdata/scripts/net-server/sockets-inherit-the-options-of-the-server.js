// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const server = net.createServer({ allowHalfOpen: true, highWaterMark: 100, noDelay: true, keepAlive: true }, (socket) => {
  console.log(socket.allowHalfOpen, socket.readableHighWaterMark, socket.writableHighWaterMark);
  console.log(socket.server === server, socket.connecting, socket.pending, socket.readyState);
  socket.destroy();
  server.close();
});
console.log(server.allowHalfOpen, server.noDelay, server.keepAlive, server.keepAliveInitialDelay, server.highWaterMark);
server.listen(0, '127.0.0.1', () => {
  net.connect(server.address().port, '127.0.0.1').on('error', () => {}).resume();
});
