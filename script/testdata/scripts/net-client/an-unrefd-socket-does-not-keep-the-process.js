// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');
const { tell } = require('../sides');

const server = net.createServer(() => tell('server', 'connection'));
server.listen(0, '127.0.0.1', () => {
  const socket = net.connect(server.address().port, '127.0.0.1', () => {
    tell('client', socket.unref() === socket);
  });
});
server.on('connection', (socket) => {
  socket.unref();
  server.unref();
});
process.on('exit', () => console.log('exit'));
