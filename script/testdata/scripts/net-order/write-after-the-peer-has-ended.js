// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');
const { tell, watch } = require('../sides');

const server = net.createServer((socket) => {
  server.close();
  socket.end('bye');
});
server.listen(0, '127.0.0.1', () => {
  const socket = net.connect(server.address().port, '127.0.0.1');
  watch('client', socket, 'data', 'end', 'error', 'close');
  socket.on('end', () => {
    setImmediate(() => {
      const wrote = socket.write('too late', (e) => tell('client', 'callback', e.code, e.message));
      tell('client', 'wrote', wrote);
    });
  });
});
