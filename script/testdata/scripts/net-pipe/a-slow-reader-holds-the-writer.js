// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const total = 6 << 20;
const server = net.createServer((socket) => {
  server.close();
  let bytes = 0;
  socket.on('data', (chunk) => {
    bytes += chunk.length;
    if (bytes % 7 === 0) {
      socket.pause();
      setImmediate(() => socket.resume());
    }
  });
  socket.on('end', () => console.log('server got all', bytes === total));
  setTimeout(() => socket.resume(), 50);
  socket.pause();
});
server.listen(0, '127.0.0.1', () => {
  const socket = net.connect(server.address().port, '127.0.0.1').resume();
  let left = total;
  let held = false;
  (function more() {
    while (left > 0) {
      const piece = Buffer.alloc(Math.min(left, 256 << 10));
      left -= piece.length;
      if (!socket.write(piece)) {
        held = true;
        return socket.once('drain', more);
      }
    }
    socket.end();
  })();
  socket.on('close', () => console.log('was held back', held));
});
