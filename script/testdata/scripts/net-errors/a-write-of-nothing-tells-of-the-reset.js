// Copyright 2026 The duplex authors. MIT license.

'use strict';

// A socket that is paused hears of a reset when it writes, even if that is nothing.
const net = require('net');

const server = net.createServer((socket) => {
  server.close();
  socket.on('data', () => socket.resetAndDestroy());
  socket.on('close', () => setTimeout(() => {
    console.log(client.write('', (error) => console.log('callback', error.code)));
  }, 50));
});
let client;
server.listen(0, '127.0.0.1', () => {
  client = net.connect(server.address().port, '127.0.0.1', () => {
    client.pause();
    client.write('x');
  });
  client.on('error', (error) => console.log(error.code, error.syscall)).on('close', (hadError) => console.log('close', hadError));
});
