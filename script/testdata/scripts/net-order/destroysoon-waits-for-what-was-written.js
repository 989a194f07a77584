// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');
const { tell, watch } = require('../sides');

const server = net.createServer((socket) => {
  server.close();
  watch('server', socket, 'data', 'end', 'close');
});
server.listen(0, '127.0.0.1', () => {
  const socket = net.connect(server.address().port, '127.0.0.1', () => {
    socket.write('all of it');
    tell('client', socket.destroySoon(), socket.destroyed, socket.writableEnded);
  });
  watch('client', socket, 'finish', 'close');
});
