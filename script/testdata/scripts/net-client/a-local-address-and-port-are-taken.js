// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');
const findPort = require('../port.js');

findPort((localPort) => {
  const server = net.createServer((socket) => {
    console.log(socket.remoteAddress, socket.remotePort === localPort, socket.remoteFamily);
    socket.end();
    server.close();
  });
  server.listen(0, '127.0.0.1', () => {
    const socket = net.connect({ port: server.address().port, host: '127.0.0.1', localAddress: '127.0.0.3', localPort });
    socket.resume();
  });
});
