// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');
const { PassThrough } = require('stream');

const server = net.createServer((socket) => {
  server.close();
  socket.end('nobody hears this');
});
server.listen(0, '127.0.0.1', () => {
  const socket = net.connect(server.address().port, '127.0.0.1');
  const sink = new PassThrough();
  sink.on('unpipe', (from) => console.log('unpipe', from === socket));
  socket.pipe(sink);
  console.log(socket.readableFlowing, socket.listenerCount('data'));
  console.log(socket.unpipe(sink) === socket, socket.readableFlowing, socket.listenerCount('data'));
  socket.on('connect', () => setTimeout(() => {
    console.log(sink.readableLength, socket.readableLength);
    socket.destroy();
  }, 30));
});
