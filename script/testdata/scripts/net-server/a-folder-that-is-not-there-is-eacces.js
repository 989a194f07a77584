// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const server = net.createServer();
server.on('error', (e) => {
  console.log(e);
});
server.listen('/nowhere/at/all.sock');
