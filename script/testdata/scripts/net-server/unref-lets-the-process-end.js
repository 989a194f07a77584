// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const server = net.createServer().listen(0, '127.0.0.1', () => {
  console.log('listening');
  console.log(server.unref() === server);
});
process.on('exit', (code) => console.log('exit', code, server.listening));
