// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const socket = net.connect({ port: 1, host: '127.0.0.1', localAddress: '198.51.100.7' });
socket.on('error', (e) => {
  console.log(e.code, e.syscall, e.address, e.port, e.message);
});
socket.on('close', (hadError) => console.log('close', hadError));
