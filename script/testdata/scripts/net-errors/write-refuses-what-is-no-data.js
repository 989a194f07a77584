// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const server = net.createServer((socket) => {
  socket.resume();
  server.close();
});
server.listen(0, '127.0.0.1', () => {
  const socket = net.connect(server.address().port, '127.0.0.1', () => {
    for (const chunk of [null, undefined, 1, true, {}, [], () => {}, 1n, Symbol('s')]) {
      try {
        console.log(socket.write(chunk));
      } catch (e) {
        console.log(e.name, e.code, e.message);
      }
    }
    console.log(socket.write(new Uint8Array([1])), socket.destroyed);
    socket.end();
  });
});
