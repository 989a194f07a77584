// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const server = net.createServer((socket) => socket.end('x'));
server.listen(0, '127.0.0.1', () => {
  const socket = net.connect(server.address().port, '127.0.0.1', () => {
    console.log('callback');
    process.nextTick(() => console.log('tick'));
    Promise.resolve().then(() => console.log('job'));
  });
  socket.on('connect', () => console.log('connect'));
  socket.on('ready', () => console.log('ready'));
  socket.on('data', () => {
    console.log('data');
    server.close();
  });
});
