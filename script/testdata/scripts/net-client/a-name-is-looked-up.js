// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

function lookup(host, options, callback) {
  console.log('asked for', host, 'family', options.family, 'all', options.all);
  setImmediate(callback, null, '127.0.0.1', 4);
}
const server = net.createServer((socket) => socket.end());
server.listen(0, '127.0.0.1', () => {
  const socket = net.connect({ port: server.address().port, host: 'our.own.name', lookup, autoSelectFamily: false });
  socket.on('lookup', (error, address, family, host) => console.log('lookup', error, address, family, host));
  socket.on('connectionAttempt', () => console.log('connectionAttempt'));
  socket.on('connect', () => console.log('connect', socket.remoteAddress));
  socket.on('close', () => server.close());
  socket.resume();
});
