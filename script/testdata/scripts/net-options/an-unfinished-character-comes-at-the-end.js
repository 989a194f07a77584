// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const server = net.createServer((socket) => socket.end(Buffer.from([0x61, 0xe2, 0x82])));
server.listen(0, '127.0.0.1', () => {
  const socket = net.connect(server.address().port, '127.0.0.1');
  socket.setEncoding('utf8');
  socket.on('data', (s) => console.log('data', JSON.stringify(s)));
  socket.on('end', () => {
    console.log('end');
    server.close();
  });
});
