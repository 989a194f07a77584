// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const server = net.createServer({ keepAlive: true, keepAliveInitialDelay: 1500, noDelay: true }, (socket) => {
  socket.setNoDelay(false).setKeepAlive(false);
  socket.end('set');
});
console.log(server.keepAlive, server.keepAliveInitialDelay, server.noDelay);
server.listen(0, '127.0.0.1', () => {
  const socket = net.connect({ port: server.address().port, host: '127.0.0.1', keepAlive: true, keepAliveInitialDelay: 1000, noDelay: true });
  socket.setKeepAlive(true, 2000);
  socket.on('connect', () => socket.setNoDelay(true).setKeepAlive(true));
  socket.on('data', (chunk) => console.log(String(chunk)));
  socket.on('close', () => {
    socket.setNoDelay().setKeepAlive(true, 10);
    console.log('and after close');
    server.close();
  });
});
