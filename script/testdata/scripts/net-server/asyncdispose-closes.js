// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

(async () => {
  const server = net.createServer();
  server.on('close', () => console.log('close'));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  console.log(server.listening);
  await server[Symbol.asyncDispose]();
  console.log(server.listening);
  console.log(await server[Symbol.asyncDispose]());
})();
