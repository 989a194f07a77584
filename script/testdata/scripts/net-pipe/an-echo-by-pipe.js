// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const server = net.createServer((socket) => {
  server.close();
  console.log(socket.pipe(socket) === socket);
});
server.listen(0, '127.0.0.1', () => {
  const socket = net.connect(server.address().port, '127.0.0.1');
  let text = '';
  socket.setEncoding('utf8');
  socket.on('data', (s) => (text += s));
  socket.on('end', () => console.log(text));
  socket.write('there ');
  socket.end('and back');
});
