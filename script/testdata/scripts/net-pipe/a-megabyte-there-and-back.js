// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const sent = Buffer.alloc(1 << 20);
for (let i = 0; i < sent.length; i += 4) sent.writeUInt32LE((i * 2654435761) >>> 0, i);
const server = net.createServer((socket) => {
  server.close();
  socket.pipe(socket);
});
server.listen(0, '127.0.0.1', () => {
  const socket = net.connect(server.address().port, '127.0.0.1');
  const pieces = [];
  socket.on('data', (piece) => pieces.push(piece));
  socket.on('end', () => console.log(sent.equals(Buffer.concat(pieces)), socket.bytesRead, socket.bytesWritten));
  socket.end(sent);
});
