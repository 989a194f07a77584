// Copyright 2026 The duplex authors. MIT license.

'use strict';

// Finds a port that is free on every address. It is below those that systems hand out by
// themselves, so that no connection made meanwhile, by another test or program, has it.
const net = require('net');

module.exports = function find(callback) {
  const port = 10000 + Math.floor(Math.random() * 20000);
  const server = net.createServer();
  server.on('error', () => find(callback));
  server.listen(port, () => server.close(() => callback(port)));
};
