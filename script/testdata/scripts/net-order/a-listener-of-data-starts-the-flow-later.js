// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const server = net.createServer((socket) => socket.end('x'));
server.listen(0, '127.0.0.1', () => {
  const socket = net.connect(server.address().port, '127.0.0.1');
  console.log(socket.readableFlowing);
  socket.on('data', (chunk) => console.log('data', String(chunk)));
  console.log(socket.readableFlowing);
  socket.removeAllListeners('data');
  process.nextTick(() => console.log('tick', socket.readableFlowing));
  socket.on('end', () => console.log('end'));
  socket.on('close', () => server.close());
  socket.resume();
});
