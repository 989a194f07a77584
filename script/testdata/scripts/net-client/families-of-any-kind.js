// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const values = [undefined, null, 0, 4, 6, 5, -1, NaN, '', '4', 'IPv4', 'IPv6', 'ipv4', {}, [], [4], true, Symbol('s'), 4n, Object.create(null)];
for (const family of values) {
  const socket = net.connect({ port: 1, host: 'a.name', family, lookup: (host, options) => console.log(host, options) });
  socket.destroy();
}

// Nothing that is no list of addresses is one.
process.on('uncaughtException', (error) => console.log(error.name, error.message));
net.connect({ port: 1, host: 'a.name', lookup: (host, options, callback) => setImmediate(callback, null, []) });
