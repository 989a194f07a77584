// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const server = net.createServer((socket) => {
  socket.on('error', (e) => console.log('server side', e.code));
  socket.on('close', (hadError) => {
    console.log('server side closed', hadError);
    server.close();
  });
  socket.resume();
});
server.listen(0, '127.0.0.1', () => {
  const socket = net.connect(server.address().port, '127.0.0.1');
  console.log(socket.resetAndDestroy() === socket, socket.destroyed, socket.connecting);
  socket.on('connect', () => console.log('connect'));
  socket.on('close', () => {});
});
