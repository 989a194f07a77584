// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const server = net.createServer((socket) => {
  socket.resume();
  server.close();
});
server.listen(0, '127.0.0.1', () => {
  const socket = net.connect(server.address().port, '127.0.0.1', () => {
    console.log(socket.write('x', () => console.log('written')));
    process.nextTick(() => console.log('tick'));
    Promise.resolve().then(() => console.log('job'));
    setImmediate(() => {
      console.log('immediate');
      socket.end();
    });
    console.log('returned');
  });
});
