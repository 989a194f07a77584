// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

function lookup(host, options, callback) {
  console.log('asked for', host, 'all', options.all);
  setImmediate(callback, null, [{ address: '127.0.0.1', family: 4 }]);
}
const server = net.createServer((socket) => socket.end());
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address();
  const socket = net.connect({ port, host: 'our.own.name', lookup });
  socket.on('lookup', (error, address, family, host) => console.log('lookup', error, address, family, host));
  socket.on('connectionAttempt', (ip, p, family) => console.log('connectionAttempt', ip, p === port, family));
  socket.on('connect', () => console.log('connect', socket.autoSelectFamilyAttemptedAddresses));
  socket.on('close', () => server.close());
  socket.resume();
});
