// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const server = net.createServer();
server.listen(0, '127.0.0.1', () => {
  console.log(server._handle.hasRef());
  server.unref();
  console.log(server._handle.hasRef());
  server.ref();
  console.log(server._handle.hasRef());
  server.close();
});
