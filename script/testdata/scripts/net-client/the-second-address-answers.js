// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const server = net.createServer((socket) => socket.end());
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address();
  const socket = net.connect({
    port,
    host: 'two.addresses',
    autoSelectFamily: true,
    lookup: (host, options, callback) => setImmediate(callback, null, [
      { address: '127.0.0.2', family: 4 },
      { address: '127.0.0.1', family: 4 },
    ]),
  });
  socket.on('connectionAttempt', (ip, p, family) => console.log('connectionAttempt', ip, family));
  socket.on('connectionAttemptFailed', (ip, p, family, e) => console.log('connectionAttemptFailed', ip, family, e.code));
  socket.on('connect', () => {
    console.log('connect', socket.remoteAddress);
    console.log(socket.autoSelectFamilyAttemptedAddresses.map((a) => a.replace(port, 'PORT')));
    server.close();
  });
  socket.resume();
});
