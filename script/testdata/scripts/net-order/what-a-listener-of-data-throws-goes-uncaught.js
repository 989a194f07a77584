// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');
const { tell, watch } = require('../sides');

let socket;
process.on('uncaughtException', (e) => {
  tell('client', 'uncaught', e.message);
  socket.destroy();
});
const server = net.createServer((peer) => {
  server.close();
  peer.on('error', () => {}).write('data');
});
server.listen(0, '127.0.0.1', () => {
  socket = net.connect(server.address().port, '127.0.0.1');
  socket.on('data', () => {
    throw new Error('from data');
  });
  watch('client', socket, 'data', 'end', 'close');
});
