// Copyright 2026 The duplex authors. MIT license.

'use strict';

// end() has nothing to send: the answer to it comes after the other events of the turn,
// and before immediates. Outside of events, it comes before the next ones.
const net = require('net');

const server = net.createServer((socket) => {
  console.log('connection');
  socket.on('end', () => console.log('server end')).on('close', () => server.close()).resume();
});
server.listen(0, '127.0.0.1', () => {
  const sockets = [1, 2].map((id) => net.connect(server.address().port, '127.0.0.1', () => {
    console.log('connect', id);
    if (id === 1) {
      setImmediate(() => console.log('immediate'));
      sockets[0].end();
    } else {
      setImmediate(() => sockets[1].end());
    }
  }).on('finish', () => console.log('finish', id)).resume());
});
