// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const server = net.createServer((socket) => socket.end('123456'));
server.listen(0, '127.0.0.1', () => {
  const socket = net.connect({
    port: server.address().port,
    host: '127.0.0.1',
    onread: {
      buffer: Buffer.alloc(3),
      callback(length, buffer) {
        console.log('read', buffer.toString('utf8', 0, length), 'paused', resumed);
        setTimeout(() => {
          resumed++;
          socket.resume();
        }, 20);
        return false;
      },
    },
  });
  let resumed = 0;
  socket.on('end', () => {
    console.log('end', resumed);
    server.close();
  });
});
