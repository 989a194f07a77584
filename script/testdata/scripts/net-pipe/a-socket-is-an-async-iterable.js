// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const server = net.createServer((socket) => {
  server.close();
  socket.end('a few words');
});
server.listen(0, '127.0.0.1', async () => {
  const socket = net.connect(server.address().port, '127.0.0.1');
  socket.setEncoding('utf8');
  let text = '';
  for await (const piece of socket) text += piece;
  console.log(text, socket.destroyed);
});
