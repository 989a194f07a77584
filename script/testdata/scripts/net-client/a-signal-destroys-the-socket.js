// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const controller = new AbortController();
const server = net.createServer((socket) => socket.on('error', () => {}).resume());
server.listen(0, '127.0.0.1', () => {
  const socket = new net.Socket({ signal: controller.signal });
  socket.on('error', (e) => console.log('error', e.name, e.code, e.message));
  socket.on('close', (hadError) => {
    console.log('close', hadError);
    server.close();
  });
  socket.connect(server.address().port, '127.0.0.1', () => {
    controller.abort();
    console.log('aborted', socket.destroyed);
  });
});
