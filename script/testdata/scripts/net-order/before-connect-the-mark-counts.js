// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const server = net.createServer((socket) => {
  socket.resume();
  server.close();
});
server.listen(0, '127.0.0.1', () => {
  const socket = new net.Socket({ highWaterMark: 10 });
  socket.on('drain', () => {
    console.log('drain', socket.writableLength);
    socket.end();
  });
  socket.on('connect', () => console.log('connect', socket.writableLength));
  socket.on('ready', () => console.log('ready', socket.writableLength));
  socket.connect(server.address().port, '127.0.0.1');
  console.log(socket.write('12345'), socket.writableLength, socket.writableNeedDrain);
  console.log(socket.write('12345'), socket.writableLength, socket.writableNeedDrain);
  console.log(socket.write('12345'), socket.writableLength, socket.writableNeedDrain);
});
