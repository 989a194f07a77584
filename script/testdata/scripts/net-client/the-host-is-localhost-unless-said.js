// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const server = net.createServer((socket) => socket.end('found'));
server.listen(0, () => {
  const socket = net.connect(server.address().port);
  socket.on('lookup', (error, address, family, host) => {
    if (family === 4) console.log('lookup', error, address, family, host);
  });
  socket.on('data', (chunk) => console.log(chunk.toString()));
  socket.on('close', () => server.close());
});
