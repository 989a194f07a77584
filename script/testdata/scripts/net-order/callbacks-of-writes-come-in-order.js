// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const server = net.createServer((socket) => socket.resume().on('end', () => server.close()));
server.listen(0, '127.0.0.1', () => {
  const socket = net.connect(server.address().port, '127.0.0.1');
  socket.write('1', () => console.log('written 1'));
  socket.write('2', () => console.log('written 2'));
  socket.on('connect', () => {
    console.log('connect');
    socket.write('3', () => console.log('written 3'));
  });
  socket.on('ready', () => {
    console.log('ready');
    socket.end('4', () => console.log('ended'));
  });
  socket.on('finish', () => console.log('finish'));
  socket.resume();
});
