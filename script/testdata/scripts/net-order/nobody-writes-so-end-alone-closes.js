// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');
const { watch } = require('../sides');

const server = net.createServer((socket) => {
  watch('server', socket, 'data', 'end', 'finish', 'close').resume();
});
server.listen(0, '127.0.0.1', () => {
  const socket = net.connect(server.address().port, '127.0.0.1');
  watch('client', socket, 'connect', 'data', 'end', 'finish', 'close').resume();
  socket.on('connect', () => socket.end());
  socket.on('close', () => server.close());
});
