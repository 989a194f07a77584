// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const server = net.createServer();
let n = 0;
server.on('close', () => console.log('close event', ++n));
server.listen(0, '127.0.0.1', () => {
  for (let i = 1; i <= 3; i++) {
    server.close((error) => console.log('callback', i, error ? error.code : error));
  }
});
