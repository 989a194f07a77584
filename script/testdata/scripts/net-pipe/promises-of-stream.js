// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');
const { pipeline, finished } = require('stream/promises');
const { Readable, Writable } = require('stream');

const server = net.createServer((socket) => socket.pipe(socket));
server.listen(0, '127.0.0.1', async () => {
  const socket = net.connect(server.address().port, '127.0.0.1');
  const pieces = [];
  const sink = new Writable({
    write(chunk, encoding, callback) {
      pieces.push(chunk);
      callback();
    },
  });
  await Promise.all([pipeline(Readable.from(['a', 'b', 'c']), socket), finished(socket.pipe(sink))]);
  console.log(String(Buffer.concat(pieces)));
  server.close();
});
