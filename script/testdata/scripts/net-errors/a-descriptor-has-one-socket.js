// Copyright 2026 The duplex authors. MIT license.

'use strict';

// A descriptor that a socket reads from cannot be another's as well.
const net = require('net');
const server = net.createServer().listen(0, '127.0.0.1', () => {
  const socket = net.connect(server.address().port, '127.0.0.1');
  socket.on('ready', () => setImmediate(() => {
    try {
      new net.Socket({ fd: socket._handle.fd });
    } catch (error) {
      console.log(error.message, error.code, error.syscall);
    }
    process.exit();
  }));
});
