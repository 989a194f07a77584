// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');
const { tell } = require('../sides');

const flags = (s) => [s.readable, s.readableEnded, s.writable, s.writableEnded, s.writableFinished, s.destroyed, s.closed].map(Number).join('');
const server = net.createServer((socket) => {
  server.close();
  socket.end('x');
});
server.listen(0, '127.0.0.1', () => {
  const socket = new net.Socket();
  tell('client', 'new', flags(socket));
  socket.connect(server.address().port, '127.0.0.1');
  tell('client', 'connecting', flags(socket));
  for (const event of ['connect', 'ready', 'data', 'end', 'finish', 'close']) socket.on(event, () => tell('client', event, flags(socket)));
});
