// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');
const { tell, watch } = require('../sides');

const server = net.createServer((socket) => {
  watch('server', socket, 'end', 'finish', 'close').resume();
  socket.on('end', () => {
    tell('server', 'in end', socket.readyState, socket.writableEnded, socket.readableEnded);
    process.nextTick(() => tell('server', 'a tick later', socket.readyState, socket.writableEnded));
  });
});
server.listen(0, '127.0.0.1', () => {
  const socket = net.connect(server.address().port, '127.0.0.1').resume();
  socket.end();
  socket.on('close', () => server.close());
});
