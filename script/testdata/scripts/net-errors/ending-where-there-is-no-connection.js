// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const socket = new net.Socket();
for (const event of ['finish', 'end', 'error', 'close']) socket.on(event, (x) => console.log(event, x));
socket.end(() => console.log('callback'));
console.log(socket.readyState, socket.writableEnded);
