// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const server = net.createServer();
server.on('listening', () => {
  console.log('listening', server.listening);
  server.close(() => console.log('closed', server.listening));
});
console.log('before', server.listening);
server.listen(0, '127.0.0.1');
process.nextTick(() => console.log('tick'));
Promise.resolve().then(() => console.log('job'));
console.log('after', server.listening);
