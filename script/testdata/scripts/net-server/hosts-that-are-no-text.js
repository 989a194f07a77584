// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

for (const host of [5, true, {}, [], Symbol('s'), 5n, Object.create(null), () => {}, new Date(0), '']) {
  const server = net.createServer();
  try {
    server.listen({ port: 0, host });
    console.log('listens', server.listening);
  } catch (error) {
    console.log(error.name, error.code, error.message);
  }
  server.close();
}
