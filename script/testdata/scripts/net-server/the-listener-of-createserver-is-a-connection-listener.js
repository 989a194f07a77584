// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

function first(socket) {
  console.log('first', this === server, socket instanceof net.Socket);
  socket.end();
}
const server = net.createServer(first);
server.on('connection', (socket) => console.log('second', socket.server === server));
console.log(server.listeners('connection')[0] === first, server.listenerCount('connection'));
server.listen(0, '127.0.0.1', () => {
  net.connect(server.address().port, '127.0.0.1').resume().on('close', () => server.close());
});
