// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const server = net.createServer((socket) => {
  socket.setEncoding('utf8');
  let text = '';
  socket.on('data', (s) => (text += s));
  socket.on('end', () => {
    console.log(text);
    server.close();
  });
});
server.listen(0, '127.0.0.1', () => {
  const socket = new net.Socket();
  socket.connect(server.address().port, '127.0.0.1');
  console.log(socket.write('one '), socket.bytesWritten, socket.writableLength);
  console.log(socket.write('two '), socket.bytesWritten, socket.writableLength);
  socket.end('three');
  console.log(socket.bytesWritten, socket.writableLength, socket.readyState);
  socket.resume();
});
