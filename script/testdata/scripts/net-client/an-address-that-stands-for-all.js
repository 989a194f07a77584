// Copyright 2026 The duplex authors. MIT license.

'use strict';

// Who connects to 0.0.0.0 or :: has a peer with an address.
const net = require('net');
const server = net.createServer((socket) => socket.end()).listen(0, () => {
  const { port } = server.address();
  const first = net.connect(port, '0.0.0.0', () => {
    console.log(first.remoteAddress, first.remoteFamily, first.localAddress);
    first.destroy();
    const second = net.connect(port, '::', () => {
      console.log(second.remoteAddress, second.remoteFamily, second.localAddress);
      second.destroy();
      server.close();
    });
  });
});
