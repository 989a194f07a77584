// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const server = net.createServer(() => {
  throw new Error('oops');
});
process.on('uncaughtException', (e, origin) => {
  console.log(e.message, origin);
  process.exit(3);
});
server.listen(0, '127.0.0.1', () => net.connect(server.address().port, '127.0.0.1'));
