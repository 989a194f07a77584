// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');
require('events').captureRejections = true;
const { tell } = require('../sides');

const server = net.createServer(async (socket) => {
  socket.on('error', (e) => tell('server', 'socket error', e.message));
  socket.on('close', (hadError) => {
    tell('server', 'socket close', hadError);
    server.close();
  });
  throw new Error('no service today');
});
server.on('error', (e) => tell('server', 'server error', e.message));
server.listen(0, '127.0.0.1', () => {
  const client = net.connect(server.address().port, '127.0.0.1').resume();
  client.on('error', () => {});
});
