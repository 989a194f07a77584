// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const encodings = ['utf8', 'hex', 'base64', 'latin1', 'ascii', 'utf16le', 'base64url', 'UTF-8', 'ucs2', 'binary'];
const server = net.createServer((socket) => socket.end(Buffer.from([104, 105, 255, 0, 228, 33])));
server.listen(0, '127.0.0.1', function next() {
  const encoding = encodings.shift();
  if (encoding === undefined) return server.close();
  const socket = net.connect(server.address().port, '127.0.0.1');
  socket.setEncoding(encoding);
  let text = '';
  socket.on('data', (s) => (text += s));
  socket.on('close', () => {
    console.log(encoding, socket.readableEncoding, JSON.stringify(text));
    next();
  });
});
