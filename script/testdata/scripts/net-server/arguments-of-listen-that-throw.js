// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const attempts = {
  'an empty object': [{}],
  'a host alone': [{ host: '127.0.0.1' }],
  'true': [true],
  'a negative port': [-1],
  'a host that is a number': [{ port: 0, host: 1 }],
  'a port that is an object': [{ port: {} }],
  'a path that is a number': [{ path: 1 }],
  'a signal that is none': [{ port: 0, signal: 'x' }],
  'a function as options': [{ port: () => {} }],
};
for (const [name, args] of Object.entries(attempts)) {
  const server = net.createServer();
  server.on('error', (e) => console.log('event', name, e.code));
  try {
    server.listen(...args);
    console.log(name, 'is taken');
    server.close();
  } catch (e) {
    console.log(`${name}: ${e.name} ${e.code} ${e.message}`);
  }
}
