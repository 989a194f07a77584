// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');
const { tell, watch } = require('../sides');

const server = net.createServer({ allowHalfOpen: true }, (socket) => {
  watch('server', socket, 'data', 'end', 'finish', 'close');
  socket.on('end', () => {
    tell('server', socket.readyState, socket.writable);
    setTimeout(() => socket.end('and here is the answer'), 10);
  });
});
server.listen(0, '127.0.0.1', () => {
  const socket = net.connect(server.address().port, '127.0.0.1');
  watch('client', socket, 'connect', 'data', 'end', 'finish', 'close');
  socket.end('the whole question');
  socket.on('close', () => server.close());
});
