// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const socket = new net.Socket();
socket.on('pause', () => console.log('pause'));
socket.on('resume', () => console.log('resume'));
console.log(socket.isPaused(), socket.readableFlowing);
socket.pause();
console.log(socket.isPaused(), socket.readableFlowing);
socket.pause();
socket.resume();
console.log(socket.isPaused(), socket.readableFlowing);
socket.resume();
process.nextTick(() => console.log('tick'));
setImmediate(() => {
  socket.pause();
  console.log(socket.isPaused(), socket.readableFlowing);
  socket.destroy();
});
