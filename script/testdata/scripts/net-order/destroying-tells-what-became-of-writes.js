// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const server = net.createServer((socket) => socket.on('error', () => {}).pause());
server.listen(0, '127.0.0.1', () => {
  const socket = net.connect(server.address().port, '127.0.0.1', () => {
    const big = Buffer.alloc(16 << 20);
    socket.write(big, (e) => console.log('the one under way', e ? e.code : e));
    socket.write('queued', (e) => console.log('the one in the queue', e ? e.code : e));
    socket.write('queued too', (e) => console.log('the last', e ? e.code : e));
    socket.destroy();
    console.log('destroyed');
  });
  socket.on('close', (hadError) => {
    console.log('close', hadError);
    process.exit();
  });
});
