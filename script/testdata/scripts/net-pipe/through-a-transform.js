// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');
const { Transform } = require('stream');

const server = net.createServer((socket) => {
  server.close();
  const upper = new Transform({
    transform(chunk, encoding, callback) {
      callback(null, chunk.toString().toUpperCase());
    },
    flush(callback) {
      callback(null, '!');
    },
  });
  socket.pipe(upper).pipe(socket);
});
server.listen(0, '127.0.0.1', () => {
  const socket = net.connect(server.address().port, '127.0.0.1');
  socket.on('data', (chunk) => process.stdout.write(chunk));
  socket.on('end', () => console.log());
  socket.end('quiet words');
});
