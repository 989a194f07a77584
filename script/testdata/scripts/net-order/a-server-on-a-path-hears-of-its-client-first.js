// Copyright 2026 The duplex authors. MIT license.

'use strict';

// On a path, both sides know at once; the server is told before its client.
const net = require('net');
const fs = require('fs');
const path = require('path').join(require('os').tmpdir(), `duplex-first-${process.pid}.sock`);
const server = net.createServer((socket) => {
  console.log('server: connection');
  socket.end();
  server.close(() => fs.rmSync(path, { force: true }));
});
server.listen(path, () => {
  net.connect(path).on('connect', () => console.log('client: connect')).resume();
});
