// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');
const findPort = require('../port.js');

const server = net.createServer();
findPort((port) => server.listen({ host: '127.0.0.1', port, exclusive: true }, () => {
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
  other.listen({ host: '127.0.0.1', port, exclusive: true });
}));
