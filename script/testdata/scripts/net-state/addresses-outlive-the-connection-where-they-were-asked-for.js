// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const server = net.createServer((socket) => {
  server.close();
  socket.end();
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address();
  const socket = net.connect(port, '127.0.0.1', () => {
    console.log(socket.remoteAddress, socket.remotePort === port, socket.remoteFamily);
  });
  socket.on('close', () => {
    console.log(socket.remoteAddress, socket.remotePort === port, socket.remoteFamily);
    console.log(socket.localAddress, typeof socket.localPort, socket.address());
  });
  socket.resume();
});
