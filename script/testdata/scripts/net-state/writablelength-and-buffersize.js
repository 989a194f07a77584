// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const server = net.createServer((socket) => {
  server.close();
  socket.resume();
});
server.listen(0, '127.0.0.1', () => {
  const socket = net.connect(server.address().port, '127.0.0.1');
  socket.write('12345');
  socket.write('ä');
  console.log(socket.writableLength, socket.bufferSize);
  socket.on('connect', () => console.log('connect', socket.writableLength, socket.bufferSize));
  socket.on('ready', () => {
    setImmediate(() => {
      console.log('sent', socket.writableLength, socket.bufferSize);
      socket.end();
    });
  });
});
