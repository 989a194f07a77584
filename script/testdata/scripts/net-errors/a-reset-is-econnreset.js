// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');
const { watch } = require('../sides');

const server = net.createServer((socket) => {
  watch('server', socket, 'data', 'end', 'error', 'close');
  socket.on('error', (e) => console.log(Object.keys(e), e.syscall, e.errno < 0));
  socket.on('close', () => server.close());
  socket.write('you may go');
});
server.listen(0, '127.0.0.1', () => {
  const socket = net.connect(server.address().port, '127.0.0.1');
  watch('client', socket, 'data', 'end', 'error', 'close');
  socket.on('data', () => console.log(socket.resetAndDestroy() === socket, socket.destroyed));
});
