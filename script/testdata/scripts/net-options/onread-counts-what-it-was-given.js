// Copyright 2026 The duplex authors. MIT license.

'use strict';

// bytesRead is what came into the buffer, a piece at a time.
const net = require('net');
const server = net.createServer((socket) => socket.on('error', () => {}).end('one and two and three')).listen(0, '127.0.0.1', () => {
  const socket = net.connect({
    port: server.address().port,
    host: '127.0.0.1',
    onread: {
      buffer: Buffer.alloc(4),
      callback(n) {
        console.log(n, socket.bytesRead);
        if (socket.bytesRead > 8) socket.destroy();
      },
    },
  });
  socket.on('close', () => {
    console.log(socket.bytesRead);
    server.close();
  });
});
