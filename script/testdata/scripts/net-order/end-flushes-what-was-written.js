// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const server = net.createServer((socket) => {
  let bytes = 0;
  socket.on('data', (chunk) => (bytes += chunk.length));
  socket.on('end', () => {
    console.log('server got', bytes);
    server.close();
  });
});
server.listen(0, '127.0.0.1', () => {
  const socket = net.connect(server.address().port, '127.0.0.1', () => {
    for (let i = 0; i < 64; i++) socket.write(Buffer.alloc(64 << 10, i));
    socket.end('the end');
    console.log('before', socket.bytesWritten);
  });
  socket.on('close', (hadError) => console.log('close', hadError));
  socket.resume();
});
