// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');
const { finished } = require('stream');

const server = net.createServer((socket) => {
  server.close();
  socket.on('error', () => {}).resume();
});
server.listen(0, '127.0.0.1', () => {
  const socket = net.connect(server.address().port, '127.0.0.1', () => socket.destroy());
  finished(socket, (e) => console.log(e.name, e.code, e.message));
});
