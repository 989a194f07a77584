// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const server = net.createServer((socket) => socket.on('error', () => {}).resume());
server.listen(0, '127.0.0.1', () => {
  const socket = net.connect(server.address().port, '127.0.0.1', () => {
    socket.end('x');
    console.log('wrote', socket.write('y', (e) => console.log('callback', e.code, e.message)));
    process.nextTick(() => console.log('tick'));
  });
  socket.on('finish', () => console.log('finish'));
  socket.on('error', (e) => console.log('error', e.name, e.code, e.message));
  socket.on('close', (hadError) => {
    console.log('close', hadError);
    server.close();
  });
});
