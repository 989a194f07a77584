// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const server = net.createServer();
const clients = [];
server.on('connection', () => {
  if (++server.seen < 2) return connect();
  server.getConnections((error, count) => {
    console.log('count', error, count);
    for (const client of clients) client.destroy();
    server.close(() => server.getConnections((error, count) => console.log('at last', error, count)));
  });
  console.log('asked');
});
server.seen = 0;
const connect = () => clients.push(net.connect(server.address().port, '127.0.0.1'));
server.listen(0, '127.0.0.1', connect);
