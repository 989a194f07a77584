// Copyright 2026 The duplex authors. MIT license.

'use strict';

// A connection that is made is not made anew: connect says so once more.
const net = require('net');
let clients = 0;
const server = net.createServer((socket) => {
  clients++;
  socket.pipe(socket);
}).listen(0, '127.0.0.1', () => {
  const { port } = server.address();
  const socket = net.connect(port, '127.0.0.1', () => {
    socket.on('connect', () => console.log('connect'));
    socket.connect(port, '127.0.0.1', () => {
      console.log('again', socket.readyState);
      socket.end('still here');
    });
  });
  socket.setEncoding('utf8').on('data', (text) => console.log(text));
  socket.on('close', () => {
    console.log(clients);
    server.close();
  });
});
