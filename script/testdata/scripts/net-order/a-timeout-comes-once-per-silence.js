// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const server = net.createServer((socket) => socket.resume());
server.listen(0, '127.0.0.1', () => {
  const socket = net.connect(server.address().port, '127.0.0.1', () => socket.setTimeout(30, () => console.log('callback')));
  let n = 0;
  socket.on('timeout', () => {
    console.log('timeout', ++n, socket.destroyed, socket.readyState);
    setTimeout(() => {
      if (n === 1) socket.write('activity arms it anew');
      else socket.end();
    }, 100);
  });
  socket.on('close', () => {
    console.log('close', n);
    server.close();
  });
  socket.resume();
});
