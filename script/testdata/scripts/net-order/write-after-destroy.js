// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const server = net.createServer((socket) => socket.on('error', () => {}).resume());
server.listen(0, '127.0.0.1', () => {
  const socket = net.connect(server.address().port, '127.0.0.1', () => {
    socket.destroy();
    console.log('wrote', socket.write('y', (e) => console.log('callback', e.code, e.message)));
    console.log('ended', socket.end((e) => console.log('end callback', e.code)) === socket);
  });
  socket.on('error', () => console.log('never'));
  socket.on('close', (hadError) => {
    console.log('close', hadError);
    socket.write('z', (e) => console.log('after close', e.code));
    server.close();
  });
});
