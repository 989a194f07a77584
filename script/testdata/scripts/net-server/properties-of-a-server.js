// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const server = net.createServer();
console.log(server.listening, server.maxConnections, server._connections, server._handle, server._usingWorkers);
console.log(server.allowHalfOpen, server.pauseOnConnect, server.noDelay, server.keepAlive);
console.log(typeof server.listen, typeof server.address, typeof server.getConnections, typeof server.close, typeof server.ref, typeof server.unref);
server.listen(0, '127.0.0.1', () => {
  console.log(server._handle !== null, typeof server._connectionKey);
  console.log(server._connectionKey.replace(/\d+$/, ''));
  server.close();
  console.log(server._handle);
});
