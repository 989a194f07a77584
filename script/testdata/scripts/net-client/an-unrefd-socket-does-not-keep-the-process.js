// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const server = net.createServer(() => console.log('connection'));
server.listen(0, '127.0.0.1', () => {
  server.unref();
  const socket = net.connect(server.address().port, '127.0.0.1', () => {
    console.log(socket.unref() === socket);
  });
});
server.on('connection', (socket) => socket.unref());
process.on('exit', () => console.log('exit'));
