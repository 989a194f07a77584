// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const server = net.createServer((socket) => {
  socket.on('data', (chunk) => console.log('one piece:', String(chunk)));
  socket.on('end', () => server.close());
});
server.listen(0, '127.0.0.1', () => {
  const socket = net.connect(server.address().port, '127.0.0.1', () => {
    socket.cork();
    for (const word of ['to', 'ge', 'ther']) socket.write(word, () => console.log('written', word));
    console.log(socket.writableCorked, socket.writableLength);
    socket.uncork();
    console.log(socket.writableCorked, socket.writableLength);
    socket.end();
  }).resume();
});
