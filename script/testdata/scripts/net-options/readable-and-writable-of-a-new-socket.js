// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

for (const options of [undefined, {}, { readable: true }, { writable: true }, { readable: false, writable: false }, { allowHalfOpen: true }]) {
  const socket = new net.Socket(options);
  console.log(options, socket.readable, socket.writable, socket.readyState, socket.allowHalfOpen, socket.pending);
}
