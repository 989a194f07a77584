// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const server = net.createServer((socket) => {
  server.close();
  console.log(socket._handle !== null, typeof socket._handle, typeof socket._handle.close);
  socket.end();
  socket.on('close', () => console.log(socket._handle));
  socket.resume();
});
server.listen(0, '127.0.0.1', () => {
  console.log(typeof server._handle, server._handle.constructor.name);
  const socket = net.connect(server.address().port, '127.0.0.1').resume();
  console.log(socket._handle.constructor.name, typeof socket._handle.fd);
});
