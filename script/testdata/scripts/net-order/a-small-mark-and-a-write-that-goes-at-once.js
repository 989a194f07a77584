// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const server = net.createServer((socket) => socket.resume());
server.listen(0, '127.0.0.1', () => {
  const socket = new net.Socket({ highWaterMark: 4 });
  socket.on('drain', () => console.log('drain'));
  socket.connect(server.address().port, '127.0.0.1', () => {
    console.log('8 bytes over a mark of 4:', socket.write('12345678'));
    console.log('again:', socket.write('12345678'));
    setTimeout(() => {
      socket.end();
      server.close();
    }, 20);
  });
});
