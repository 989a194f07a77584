// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');
const findPort = require('../port.js');

const first = net.createServer((socket) => socket.end('first'));
findPort((port) => first.listen(port, '127.0.0.1', () => {
  const socket = net.connect(port, '127.0.0.1').resume();
  socket.on('close', () => first.close(() => {
    const second = net.createServer();
    second.listen(port, '127.0.0.1', () => {
      console.log('the same port again', second.address().port === port);
      second.close();
    });
  }));
}));
