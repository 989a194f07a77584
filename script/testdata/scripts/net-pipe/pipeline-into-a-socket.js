// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');
const { tell } = require('../sides');
const { Readable, pipeline } = require('stream');

const server = net.createServer((socket) => {
  server.close();
  let bytes = 0;
  socket.on('data', (chunk) => (bytes += chunk.length));
  socket.on('end', () => tell('server', 'got', bytes));
});
server.listen(0, '127.0.0.1', () => {
  const socket = net.connect(server.address().port, '127.0.0.1').resume();
  const returned = pipeline(Readable.from([Buffer.alloc(100), Buffer.alloc(200)]), socket, (e) => {
    tell('client', 'done', e);
  });
  tell('client', returned === socket);
});
