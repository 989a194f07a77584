// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');
const readline = require('readline');

const server = net.createServer((socket) => {
  server.close();
  socket.write('first li');
  setTimeout(() => socket.end('ne\nsecond line\nlast'), 20);
});
server.listen(0, '127.0.0.1', () => {
  const socket = net.connect(server.address().port, '127.0.0.1');
  const lines = readline.createInterface({ input: socket });
  lines.on('line', (line) => console.log('line', line));
  lines.on('close', () => console.log('close'));
});
