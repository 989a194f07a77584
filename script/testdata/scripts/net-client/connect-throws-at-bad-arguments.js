// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const attempts = {
  'nothing': [],
  'an empty object': [{}],
  'a host alone': [{ host: '127.0.0.1' }],
  'a port of -1': [{ port: -1 }],
  'a port of 65536': [65536],
  'a port of 1.5': [{ port: 1.5 }],
  'a port that is true': [{ port: true }],
  'a port that is an object': [{ port: {} }],
  'a path that is a number': [{ path: 5 }],
  'a host that is a number': [{ port: 1, host: 5 }],
  'a lookup that is no function': [{ port: 1, lookup: 'x' }],
  'a local address that is none': [{ port: 1, localAddress: 'x' }],
  'a local port that is none': [{ port: 1, localPort: 'x' }],
  'a family that is none': [{ port: 1, host: 'localhost', family: 5 }],
  'hints that are none': [{ port: 1, host: 'localhost', hints: -1 }],
  'autoSelectFamily that is no boolean': [{ port: 1, autoSelectFamily: 1 }],
  'autoSelectFamilyAttemptTimeout below 1': [{ port: 1, autoSelectFamily: true, autoSelectFamilyAttemptTimeout: 0 }],
};
for (const [name, args] of Object.entries(attempts)) {
  const socket = new net.Socket();
  socket.on('error', (e) => console.log('event', name, e.code));
  try {
    socket.connect(...args);
    console.log(`${name}: taken`);
    socket.destroy();
  } catch (e) {
    console.log(`${name}: ${e.name} ${e.code} ${e.message}`);
  }
}
