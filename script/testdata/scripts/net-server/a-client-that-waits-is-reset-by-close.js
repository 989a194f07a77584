// Copyright 2026 The duplex authors. MIT license.

'use strict';

// A server takes one client in a turn, and closes in that turn: the others are reset.
const net = require('net');
const { tell, watch } = require('../sides');

const server = net.createServer((socket) => {
  tell('server', 'connection');
  socket.end();
  server.close();
});
server.listen(0, '127.0.0.1', () => {
  for (const id of [1, 2, 3]) {
    watch(`client ${id}`, net.connect(server.address().port, '127.0.0.1'), 'close').on('error', (error) => {
      tell(`client ${id}`, error.code);
    }).resume();
  }
});
