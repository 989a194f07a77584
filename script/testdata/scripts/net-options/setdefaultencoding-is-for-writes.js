// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const server = net.createServer((socket) => {
  let bytes = Buffer.alloc(0);
  socket.on('data', (chunk) => (bytes = Buffer.concat([bytes, chunk])));
  socket.on('end', () => {
    console.log(bytes);
    server.close();
  });
});
server.listen(0, '127.0.0.1', () => {
  const socket = net.connect(server.address().port, '127.0.0.1').resume();
  console.log(socket.setDefaultEncoding('hex') === socket);
  socket.write('ff00');
  socket.write('é', 'latin1');
  socket.write('aGk=', 'base64');
  socket.write('ä', 'utf16le');
  socket.end('ü', 'utf8');
  console.log(socket.bytesWritten);
});
