// Copyright 2026 The duplex authors. MIT license.

'use strict';

// Text whose encoding is said to be 'buffer' gets through the stream, not to the kernel.
const net = require('net');
const server = net.createServer((socket) => socket.on('error', () => {}).resume()).listen(0, '127.0.0.1', () => {
  const socket = net.connect(server.address().port, '127.0.0.1', () => {
    try {
      socket.write('text', 'buffer', () => console.log('never'));
    } catch (error) {
      console.log(error.name, error.code, error.message);
    }
    console.log(socket.destroyed, socket.writableLength);
    socket.on('close', () => server.close()).destroy();
  });
});
