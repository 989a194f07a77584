// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const first = net.createServer((socket) => socket.end('first'));
first.listen(0, '127.0.0.1', () => {
  const { port } = first.address();
  const socket = net.connect(port, '127.0.0.1').resume();
  socket.on('close', () => first.close(() => {
    const second = net.createServer();
    second.listen(port, '127.0.0.1', () => {
      console.log('the same port again', second.address().port === port);
      second.close();
    });
  }));
});
