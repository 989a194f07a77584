// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const server = net.createServer((socket) => socket.end('welcome'));
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address();
  const socket = new net.Socket();
  let round = 0;
  socket.setEncoding('utf8');
  socket.on('connect', () => console.log('connect', socket.destroyed, socket.readyState));
  socket.on('data', (text) => console.log('data', text));
  socket.on('end', () => console.log('end'));
  socket.on('close', (hadError) => {
    console.log('close', hadError, socket.bytesRead);
    if (++round < 3) socket.connect(port, '127.0.0.1');
    else server.close();
  });
  socket.connect(port, '127.0.0.1');
});
