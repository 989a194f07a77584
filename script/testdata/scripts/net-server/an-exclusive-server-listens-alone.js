// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const server = net.createServer();
server.listen({ host: '127.0.0.1', port: 0, exclusive: true }, () => {
  const other = net.createServer();
  other.on('error', (e) => {
    console.log(e.code);
    server.close(() => {
      other.listen({ host: '127.0.0.1', port: e.port, exclusive: true }, () => {
        console.log('now the other listens', other.address().port === e.port);
        other.close();
      });
    });
  });
  other.listen({ host: '127.0.0.1', port: server.address().port, exclusive: true });
});
