// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const socket = new net.Socket();
socket.on('error', (e) => console.log('error', e));
socket.on('close', (hadError) => console.log('close', hadError));
try {
  socket.destroy('a string');
  console.log(socket.destroyed, socket.errored);
} catch (e) {
  console.log('thrown', e.name, e.message);
}
