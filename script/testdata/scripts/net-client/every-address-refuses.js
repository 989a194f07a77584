// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const socket = net.connect({
  port: 1,
  host: 'two.addresses',
  autoSelectFamily: true,
  lookup: (host, options, callback) => setImmediate(callback, null, [
    { address: '127.0.0.1', family: 4 },
    { address: '127.0.0.2', family: 4 },
  ]),
});
socket.on('lookup', (error, address, family) => console.log('lookup', address, family));
socket.on('connectionAttempt', (...args) => console.log('connectionAttempt', ...args));
socket.on('connectionAttemptFailed', (ip, port, family, e) => console.log('connectionAttemptFailed', ip, port, family, e.message));
socket.on('error', (e) => {
  console.log(e.name, e.code, JSON.stringify(e.message), e.errors.length);
  for (const error of e.errors) console.log(error.message);
  console.log(socket.autoSelectFamilyAttemptedAddresses);
});
socket.on('close', (hadError) => console.log('close', hadError));
