// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const socket = new net.Socket();
let attempts = 0;
socket.on('error', (e) => console.log('error', e.code));
socket.on('close', (hadError) => {
  console.log('close', hadError);
  if (++attempts < 3) socket.connect(1, '127.0.0.1');
});
socket.connect(1, '127.0.0.1');
