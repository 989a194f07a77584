// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const socket = net.connect(1, '127.0.0.1');
socket.on('connectionAttempt', (...args) => console.log('connectionAttempt', ...args));
socket.on('connectionAttemptFailed', (ip, port, family, e) => console.log('connectionAttemptFailed', ip, port, family, e.code));
socket.on('connect', () => console.log('never'));
socket.on('error', (e) => {
  console.log('error', e.name, e.message);
  console.log(e.code, e.errno, e.syscall, e.address, e.port, Object.keys(e));
  console.log(socket.destroyed, socket.connecting, socket.readyState, socket.errored === e);
});
socket.on('close', (hadError) => console.log('close', hadError));
console.log('connecting', socket.connecting);
