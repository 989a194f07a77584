// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');
const { tell } = require('../sides');

const server = net.createServer((socket) => {
  server.close();
  socket.on('data', () => {});
  socket.on('end', () => socket.end('äöü'));
  socket.on('close', () => tell('server', socket.bytesRead, socket.bytesWritten));
});
server.listen(0, '127.0.0.1', () => {
  const socket = net.connect(server.address().port, '127.0.0.1');
  tell('client', socket.bytesRead, socket.bytesWritten);
  socket.write('€');
  tell('client', socket.bytesRead, socket.bytesWritten);
  socket.write(Buffer.alloc(5));
  socket.write('ff00ff', 'hex');
  tell('client', socket.bytesRead, socket.bytesWritten);
  socket.end('latin ä', 'latin1');
  socket.on('data', () => tell('client', socket.bytesRead));
  socket.on('close', () => tell('client', 'closed', socket.bytesRead, socket.bytesWritten));
});
