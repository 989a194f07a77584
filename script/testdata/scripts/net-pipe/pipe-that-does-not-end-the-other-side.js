// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');
const { Readable } = require('stream');

const server = net.createServer((socket) => {
  server.close();
  let text = '';
  socket.on('data', (chunk) => (text += chunk));
  socket.on('end', () => console.log(text));
});
server.listen(0, '127.0.0.1', () => {
  const socket = net.connect(server.address().port, '127.0.0.1').resume();
  const source = Readable.from(['from the source, ']);
  source.pipe(socket, { end: false });
  source.on('end', () => {
    console.log('source ended', socket.writableEnded);
    socket.end('and from me');
  });
});
