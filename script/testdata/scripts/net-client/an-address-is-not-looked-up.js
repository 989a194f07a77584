// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const server = net.createServer((socket) => socket.end());
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address();
  const socket = net.connect({ port, host: '127.0.0.1', lookup: () => console.log('never') });
  socket.on('lookup', () => console.log('never'));
  socket.on('connectionAttempt', (ip, p, family) => console.log('connectionAttempt', ip, p === port, family));
  socket.on('connect', () => {
    console.log('connect', socket.autoSelectFamilyAttemptedAddresses);
    server.close();
  });
  socket.resume();
});
