// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const server = net.createServer((socket) => setTimeout(() => socket.resume(), 20));
server.listen(0, '127.0.0.1', () => {
  const socket = net.connect(server.address().port, '127.0.0.1', () => {
    const big = Buffer.alloc(8 << 20);
    console.log(socket.write(big, () => console.log('written')), socket.writableNeedDrain, socket.writableLength === big.length);
    socket.on('drain', () => {
      console.log('drain', socket.writableNeedDrain, socket.writableLength);
      socket.end();
      server.close();
    });
  });
});
