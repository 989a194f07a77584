// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const server = net.createServer((socket) => socket.resume());
server.listen(0, '127.0.0.1', () => {
  const socket = net.connect({ port: server.address().port, host: '127.0.0.1', timeout: 20 });
  socket.on('timeout', () => console.log('never'));
  console.log(socket.timeout);
  socket.setTimeout(0);
  console.log(socket.timeout);
  setTimeout(() => {
    socket.end();
    server.close();
  }, 80);
});
