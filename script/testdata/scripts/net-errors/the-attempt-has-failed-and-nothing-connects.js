// Copyright 2026 The duplex authors. MIT license.

'use strict';

// When connectionAttemptFailed is told of the only address, the socket connects no more.
const net = require('net');
const gone = net.createServer().listen(0, '127.0.0.1', () => {
  const { port } = gone.address();
  gone.close(() => {
    const socket = net.connect(port, '127.0.0.1');
    socket.on('connectionAttemptFailed', () => {
      console.log(socket.connecting, socket.pending, socket.readyState, socket.destroyed);
      console.log(socket.write('late', (error) => console.log('written', error.code, error.syscall)));
      console.log(socket.readyState);
    });
    socket.on('error', (error) => console.log('error', error.code));
    socket.on('close', (hadError) => console.log('close', hadError));
  });
});
