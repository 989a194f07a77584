// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const server = net.createServer((socket) => {
  server.far = { address: socket.remoteAddress, port: socket.remotePort };
  console.log(socket.localPort === server.address().port, socket.localAddress, socket.localFamily);
  socket.end();
});
server.listen(0, '127.0.0.1', () => {
  const socket = net.connect(server.address().port, '127.0.0.1');
  socket.resume();
  socket.on('end', () => {
    console.log(socket.remotePort === server.address().port, socket.remoteAddress, socket.remoteFamily);
    console.log(server.far.address === socket.localAddress, server.far.port === socket.localPort, socket.localFamily);
    const { port, ...rest } = socket.address();
    console.log(port === socket.localPort, rest);
    server.close();
  });
});
