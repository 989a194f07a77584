// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const server = net.createServer((socket) => socket.end('0123456789'));
server.listen(0, '127.0.0.1', () => {
  const socket = net.connect(server.address().port, '127.0.0.1');
  socket.setEncoding('latin1');
  let text = '';
  socket.on('readable', () => {
    for (let s; (s = socket.read(3)) !== null;) {
      console.log('read', s);
      text += s;
    }
  });
  socket.on('end', () => console.log('end', text));
  socket.on('close', () => server.close());
});
