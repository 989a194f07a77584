// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const bytes = Buffer.from('aé€😀z');
const server = net.createServer((socket) => {
  socket.setNoDelay();
  (function next(i) {
    if (i === bytes.length) return socket.end();
    socket.write(bytes.subarray(i, i + 1), () => setTimeout(next, 3, i + 1));
  })(0);
});
server.listen(0, '127.0.0.1', () => {
  const socket = net.connect(server.address().port, '127.0.0.1');
  socket.setEncoding('utf8');
  let text = '';
  socket.on('data', (s) => {
    if (s.includes('\ufffd') || typeof s !== 'string') console.log('a broken character');
    text += s;
  });
  socket.on('end', () => {
    console.log(text, socket.readableEncoding);
    server.close();
  });
});
