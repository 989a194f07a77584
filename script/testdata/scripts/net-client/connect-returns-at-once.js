// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const server = net.createServer((socket) => socket.end());
server.listen(0, '127.0.0.1', () => {
  const socket = net.connect(server.address().port, '127.0.0.1');
  console.log(socket instanceof net.Socket, socket.connecting, socket.pending, socket.readyState, socket.destroyed);
  console.log(socket.remoteAddress, socket.localPort, socket.address());
  socket.on('connect', () => {
    console.log(socket.connecting, socket.pending, socket.readyState);
    server.close();
  });
  socket.resume();
});
