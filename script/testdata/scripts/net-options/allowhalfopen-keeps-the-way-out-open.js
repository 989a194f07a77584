// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');
const { tell, watch } = require('../sides');

const server = net.createServer((socket) => {
  server.close();
  socket.end('that was all');
  watch('server', socket, 'data', 'end', 'close');
});
server.listen(0, '127.0.0.1', () => {
  const socket = net.connect({ port: server.address().port, host: '127.0.0.1', allowHalfOpen: true });
  watch('client', socket, 'data', 'end', 'finish', 'close');
  socket.on('end', () => {
    tell('client', socket.readyState, socket.allowHalfOpen);
    setTimeout(() => {
      tell('client', 'still', socket.readyState, socket.writable);
      socket.end('one more thing');
    }, 20);
  });
});
