// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const socket = new net.Socket();
socket.setTimeout(20, () => {
  console.log('timeout', socket.connecting);
  socket.destroy();
});
socket.on('close', (hadError) => console.log('close', hadError));
socket.connect({ port: 1, host: 'slow.to.find', lookup: () => {} });
setTimeout(() => {}, 100);
