// Copyright 2026 The duplex authors. MIT license.

// The server under test in Node.js: node server.js MODE SIZE. It prints its
// address and ends when its standard input does; server.go starts it.

'use strict';

const net = require('net');

const broadcast = process.argv[2] === 'broadcast';
const members = new Set();

const server = net.createServer({ noDelay: true }, (socket) => {
  socket.on('error', () => {}); // the load generator resets its connections
  if (!broadcast) {
    socket.on('data', (data) => socket.write(data));
    return;
  }
  members.add(socket);
  socket.on('close', () => members.delete(socket));
  socket.on('data', (data) => {
    for (const member of members) member.write(data);
  });
});

server.listen(0, '127.0.0.1', () => {
  const { address, port } = server.address();
  console.log(`${address}:${port}`);
});

process.stdin.on('end', () => process.exit()).resume();
