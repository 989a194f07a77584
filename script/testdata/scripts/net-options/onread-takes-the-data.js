// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const server = net.createServer((socket) => socket.end('0123456789'));
server.listen(0, '127.0.0.1', () => {
  const buffer = Buffer.alloc(4);
  const heard = [];
  const socket = net.connect({
    port: server.address().port,
    host: '127.0.0.1',
    onread: {
      buffer,
      callback(length, given) {
        heard.push(String(given.subarray(0, length)));
        if (heard.length === 1) console.log(this === socket, given === buffer, given.length);
        return true;
      },
    },
  });
  socket.on('data', () => console.log('never'));
  socket.on('end', () => {
    console.log('end', heard, socket.bytesRead);
    server.close();
  });
});
