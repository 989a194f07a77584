// Copyright 2026 The duplex authors. MIT license.

'use strict';

// Handles that are closed in one turn of the loop are told of with the last first, those
// of a later turn later; immediates come between the events and them.
const net = require('net');

const server = net.createServer().listen(0, '127.0.0.1', () => {
  const sockets = [1, 2, 3, 4].map((id) => new net.Socket().on('close', () => console.log('close', id)));
  let connected = 0;
  for (const socket of sockets) {
    socket.connect(server.address().port, '127.0.0.1', () => {
      if (++connected < 4) return;
      sockets[0].destroy();
      setImmediate(() => {
        console.log('immediate');
        sockets[1].destroy();
        process.nextTick(() => console.log('tick'));
        setImmediate(() => console.log('next immediate'));
      });
      sockets[2].destroy();
      sockets[0].on('close', () => {
        sockets[3].destroy();
        server.close();
      });
    });
  }
});
server.on('connection', (socket) => socket.on('error', () => {}).resume());
