// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const server = net.createServer((socket) => socket.on('error', () => {}).resume());
server.listen(0, '127.0.0.1', () => {
  const socket = net.connect(server.address().port, '127.0.0.1', () => {
    socket.destroy();
    show('destroyed');
    socket.on('close', () => {
      show('closed');
      server.close();
    });
  });
  function show(when) {
    console.log(when, socket.destroyed, socket.closed, socket.readyState, socket.readable, socket.writable, socket.pending);
    console.log(socket.remoteAddress, socket.remotePort, socket.localAddress, socket.address(), socket._handle, socket.connecting);
  }
});
