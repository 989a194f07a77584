// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');
const { PassThrough, pipeline } = require('stream');

const server = net.createServer((socket) => {
  server.close();
  socket.resetAndDestroy();
});
server.listen(0, '127.0.0.1', () => {
  const socket = net.connect(server.address().port, '127.0.0.1');
  const sink = new PassThrough();
  pipeline(socket, sink, (e) => console.log(e.code, sink.destroyed, socket.destroyed));
  sink.resume();
});
