// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');
const { tell } = require('../sides');

const server = net.createServer({ allowHalfOpen: true }, (socket) => {
  tell('server', 'connection', socket.readyState);
  socket.resume();
  socket.on('end', () => {
    tell('server', 'end', socket.readyState);
    socket.end();
    tell('server', 'ended', socket.readyState);
  });
  socket.on('close', () => tell('server', 'close', socket.readyState));
  server.close();
});
server.listen(0, '127.0.0.1', () => {
  const socket = new net.Socket({ allowHalfOpen: true });
  tell('client', 'new', socket.readyState);
  socket.connect(server.address().port, '127.0.0.1');
  tell('client', 'connecting', socket.readyState);
  socket.on('connect', () => {
    tell('client', 'connect', socket.readyState);
    socket.end();
    tell('client', 'ended', socket.readyState);
  });
  socket.on('finish', () => tell('client', 'finish', socket.readyState));
  socket.on('end', () => tell('client', 'end', socket.readyState));
  socket.on('close', () => tell('client', 'close', socket.readyState));
  socket.resume();
});
