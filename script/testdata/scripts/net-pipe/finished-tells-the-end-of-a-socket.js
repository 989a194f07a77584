// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');
const { finished } = require('stream');

const server = net.createServer((socket) => {
  server.close();
  socket.end('x');
});
server.listen(0, '127.0.0.1', () => {
  const socket = net.connect(server.address().port, '127.0.0.1').resume();
  finished(socket, (e) => console.log('finished', e, socket.destroyed));
  socket.on('close', () => console.log('close'));
});
