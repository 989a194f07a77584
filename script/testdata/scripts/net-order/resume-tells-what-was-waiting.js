// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const server = net.createServer((socket) => {
  server.close();
  socket.end('waiting');
});
server.listen(0, '127.0.0.1', () => {
  const socket = net.connect(server.address().port, '127.0.0.1');
  for (const event of ['pause', 'resume', 'data', 'end', 'close']) socket.on(event, (x) => console.log(event, String(x)));
  socket.pause();
  setTimeout(() => {
    console.log('now');
    socket.resume();
    console.log('resumed', socket.readableFlowing);
  }, 50);
});
