// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const listen = (port, reusePort) => new Promise((resolve) => {
  const server = net.createServer();
  server.on('error', (error) => resolve(error.code)).listen({ port, host: '127.0.0.1', reusePort }, () => resolve(server));
});
(async () => {
  const first = await listen(0, true);
  const { port } = first.address();
  const second = await listen(port, true);
  console.log(second.address().port === port, await listen(port, false), await listen(port));
  first.close();
  second.close();
})();
