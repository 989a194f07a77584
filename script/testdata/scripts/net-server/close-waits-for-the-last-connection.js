// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');
const { tell } = require('../sides');

const server = net.createServer((socket) => {
  server.close((error) => tell('server', 'closed', error));
  tell('server', 'listening', server.listening);
  socket.on('data', (chunk) => {
    tell('server', 'still hears', chunk);
    socket.end('bye');
  });
});
server.on('close', () => tell('server', 'close event'));
server.listen(0, '127.0.0.1', () => {
  const socket = net.connect(server.address().port, '127.0.0.1', () => socket.write('hello'));
  socket.on('data', (chunk) => tell('client', chunk));
});
