// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');
const { tell } = require('../sides');

const server = net.createServer((socket) => {
  server.close();
  socket.on('error', () => {});
  socket.on('close', () => tell('server', 'closed'));
  socket.resume();
  socket.write('first');
});
server.listen(0, '127.0.0.1', async () => {
  const socket = net.connect(server.address().port, '127.0.0.1');
  for await (const piece of socket) {
    tell('client', piece);
    break;
  }
  tell('client', socket.destroyed);
});
