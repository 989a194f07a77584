// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const server = net.createServer();
server.listen(0, '127.0.0.1', () => {
  const { port, ...rest } = server.address();
  console.log(rest, port > 0, Object.keys(server.address()));
  server.close();
  console.log(server.address());
});
console.log(server.address(), server.listening);
