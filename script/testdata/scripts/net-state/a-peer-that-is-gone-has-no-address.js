// Copyright 2026 The duplex authors. MIT license.

'use strict';

// Who did not ask for the address of a peer cannot learn it once both sides have ended.
const net = require('net');
let open = 2;
const server = net.createServer((socket) => {
  socket.resume().on('close', () => {
    if (--open === 0) setImmediate(look);
  });
}).listen(0, '127.0.0.1');
let asked;
let never;
server.on('listening', () => {
  const { port } = server.address();
  asked = net.connect(port, '127.0.0.1', () => console.log(asked.remoteAddress, asked.pause().end() === asked));
  never = net.connect(port, '127.0.0.1', () => console.log(never.pause().end() === never));
});

function look() {
  console.log(asked.remoteAddress, asked.remoteFamily, typeof asked.remotePort, asked.localAddress);
  console.log(never.remoteAddress, never.remoteFamily, never.remotePort, never.localAddress);
  asked.destroy();
  never.destroy();
  server.close();
}
