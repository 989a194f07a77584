// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const server = net.createServer((socket) => socket.resume());
server.listen(0, '127.0.0.1', () => {
  const socket = net.connect(server.address().port, '127.0.0.1', () => {
    socket.on('drain', () => console.log('never'));
    console.log(socket.write('small'));
    console.log(socket.write(''), socket.write(Buffer.alloc(0)));
    socket.end();
    server.close();
  });
  socket.on('close', () => console.log('close'));
});
