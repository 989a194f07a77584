// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const socket = new net.Socket();
console.log(socket.eventNames(), socket.listenerCount('end'));
const half = new net.Socket({ allowHalfOpen: true });
console.log(half.eventNames());
console.log(socket.getMaxListeners(), net.createServer().eventNames());
