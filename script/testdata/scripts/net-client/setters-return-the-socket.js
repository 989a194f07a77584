// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const socket = new net.Socket();
console.log(socket.setNoDelay() === socket, socket.setNoDelay(false) === socket);
console.log(socket.setKeepAlive(true, 1000) === socket, socket.setKeepAlive() === socket);
console.log(socket.setTimeout(1000) === socket, socket.timeout, socket.setTimeout(0) === socket, socket.timeout);
console.log(socket.ref() === socket, socket.unref() === socket, socket.pause() === socket, socket.resume() === socket);
console.log(socket.setEncoding('utf8') === socket, socket.cork(), socket.uncork());
console.log(socket.destroy() === socket, socket.destroy() === socket);
