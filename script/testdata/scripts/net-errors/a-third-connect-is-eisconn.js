// Copyright 2026 The duplex authors. MIT license.

'use strict';

// The system lets a connection be made again once, as the answer to the first connect.
const net = require('net');

const server = net.createServer((socket) => socket.on('error', () => {}).resume()).listen(0, '127.0.0.1', () => {
  const to = [server.address().port, '127.0.0.1'];
  const socket = net.connect(...to, () => {
    console.log('first');
    socket.connect(...to, () => {
      console.log('second');
      socket.connect(...to, () => console.log('third'));
    });
  });
  socket.on('error', (error) => console.log(error.code, error.syscall));
  socket.on('close', (hadError) => {
    console.log('close', hadError);
    server.close();
  });
});
