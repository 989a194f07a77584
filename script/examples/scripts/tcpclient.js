// Copyright 2026 The duplex authors. MIT license.

// Connects, says HelloWorld!!!, prints the answer and ends.
//
//	duplex-run tcpclient.js [PORT]

'use strict';

const net = require('net');

const socket = net.connect(Number(process.argv[2] ?? 6666), '127.0.0.1', () => {
  console.log(`connected from ${socket.localAddress}:${socket.localPort}`);
  socket.write('HelloWorld!!!');
});

socket.on('data', (bytes) => {
  console.log(bytes);
  console.log(bytes.toString());
  socket.end(); // nothing more to say; the server ends in turn
});
socket.on('end', () => console.log('end'));
socket.on('close', () => console.log('close')); // always the last
socket.on('error', (error) => {
  console.error(error.message);
  process.exitCode = 1;
});
