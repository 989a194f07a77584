// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');
const { tell } = require('../sides');
const { Readable } = require('stream');

const server = net.createServer((socket) => {
  server.close();
  let text = '';
  socket.on('data', (chunk) => (text += chunk));
  socket.on('end', () => tell('server', text));
});
server.listen(0, '127.0.0.1', () => {
  const socket = net.connect(server.address().port, '127.0.0.1').resume();
  for (const event of ['pipe', 'unpipe', 'finish', 'close']) socket.on(event, () => tell('client', event));
  Readable.from(['one ', 'two ', 'three']).pipe(socket);
});
