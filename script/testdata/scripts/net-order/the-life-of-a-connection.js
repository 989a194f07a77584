// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');
const { watch } = require('../sides');

const all = ['lookup', 'connectionAttempt', 'connect', 'ready', 'data', 'end', 'finish', 'close', 'error'];
const server = net.createServer((socket) => {
  watch('server', socket, ...all);
  socket.write('welcome');
  socket.on('data', () => socket.end('bye'));
});
watch('listener', server, 'listening', 'connection', 'close');
server.listen(0, '127.0.0.1', () => {
  const socket = net.connect(server.address().port, '127.0.0.1');
  watch('client', socket, ...all);
  socket.once('data', () => socket.write('thanks'));
  socket.on('close', () => server.close());
});
