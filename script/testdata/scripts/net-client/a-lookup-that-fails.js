// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

for (const autoSelectFamily of [false, true]) {
  const socket = net.connect({
    port: 1,
    host: 'nobody.knows.me',
    autoSelectFamily,
    lookup(host, options, callback) {
      const error = Object.assign(new Error(`getaddrinfo ENOTFOUND ${host}`), { code: 'ENOTFOUND', hostname: host });
      setImmediate(callback, error);
    },
  });
  socket.on('lookup', (error, address) => console.log('lookup', error.code, address));
  socket.on('connectionAttempt', () => console.log('never'));
  socket.on('error', (e) => console.log('error', e.code, e.hostname, e.message));
  socket.on('close', (hadError) => console.log('close', hadError));
}
