// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const server = net.createServer((socket) => socket.end('abcdef'));
server.listen(0, '127.0.0.1', () => {
  const made = [];
  const socket = net.connect({
    port: server.address().port,
    host: '127.0.0.1',
    onread: {
      buffer() {
        made.push(new Uint8Array(3));
        return made.at(-1);
      },
      callback(length, buffer) {
        console.log(length, Buffer.from(buffer.buffer, 0, length).toString(), buffer === made.at(-1) || buffer === made.at(-2));
      },
    },
  });
  socket.on('end', () => {
    console.log('end', made.length >= 2);
    server.close();
  });
});
