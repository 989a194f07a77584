// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

process.on('exit', (code) => console.log('exit', code));
const server = net.createServer((socket) => socket.resume());
server.listen(0, '127.0.0.1', () => {
  net.connect(server.address().port, '127.0.0.1', function connected() {
    throw new TypeError('not my kind of server');
  });
});
