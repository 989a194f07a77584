// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const server = net.createServer((socket) => socket.on('error', () => {}).resume());
server.listen(0, '127.0.0.1', () => {
  const socket = net.connect(server.address().port, '127.0.0.1', () => {
    socket.write('x', (e) => console.log('written', e && e.message));
    socket.destroy(new Error('enough'));
    process.nextTick(() => console.log('tick'));
    setImmediate(() => console.log('immediate'));
    console.log('destroyed', socket.destroyed, socket.errored.message);
  });
  socket.on('ready', () => console.log('ready'));
  socket.on('error', (e) => console.log('error', e.message));
  socket.on('close', (hadError) => {
    console.log('close', hadError);
    server.close();
  });
});
