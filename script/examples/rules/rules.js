// Copyright 2026 The duplex authors. MIT license.

// Answers one client with what the program's store has, and is done.

'use strict';

const net = require('net');
const store = require('store');

try {
  require('fs').readFileSync('/etc/hosts');
} catch (error) {
  console.log(error.message);
}
net.connect(80, '127.0.0.1').on('error', (error) => console.log(error.message));

const server = net.createServer((socket) => {
  socket.end(store.get('answer'));
  server.close();
});
server.listen(0, '127.0.0.1', () => {
  console.log('listening', server.address().port);
});
