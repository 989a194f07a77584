// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');
const { tell } = require('../sides');

const server = net.createServer((socket) => {
  socket.on('end', () => tell('server', 'socket end'));
  socket.on('close', () => tell('server', 'socket close'));
  socket.resume();
  server.close(() => tell('server', 'close callback'));
});
server.on('close', () => tell('server', 'close event'));
server.listen(0, '127.0.0.1', () => {
  net.connect(server.address().port, '127.0.0.1', function () {
    this.end();
  }).on('close', () => tell('client', 'close')).resume();
});
