// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const server = net.createServer();
let rounds = 0;
server.on('listening', () => {
  console.log('listening', ++rounds);
  server.close();
});
server.on('close', () => {
  console.log('close', rounds);
  if (rounds < 3) server.listen(0, '127.0.0.1');
});
server.listen(0, '127.0.0.1');
