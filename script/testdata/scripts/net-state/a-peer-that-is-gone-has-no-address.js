// Copyright 2026 The duplex authors. MIT license.

'use strict';

// Who did not ask for the address of a peer cannot learn it once both sides have ended.
const net = require('net');
const server = net.createServer((socket) => socket.resume()).listen(0, '127.0.0.1', () => {
  const { port } = server.address();
  const asked = net.connect(port, '127.0.0.1', () => console.log(asked.remoteAddress, asked.pause().end() === asked));
  const never = net.connect(port, '127.0.0.1', () => console.log(never.pause().end() === never));
  setTimeout(() => {
    console.log(asked.remoteAddress, asked.remoteFamily, asked.remotePort === port, asked.readyState);
    console.log(never.remoteAddress, never.remoteFamily, never.remotePort, never.localAddress, never.readyState);
    asked.destroy();
    never.destroy();
    server.close();
  }, 40);
});
