// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const server = net.createServer().listen(0, 'localhost', () => {
  console.log(net.isIP(server.address().address) !== 0, server.address().family.startsWith('IPv'));
  server.close();
});
console.log(server.address());
