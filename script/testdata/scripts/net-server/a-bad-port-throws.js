// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

for (const port of [-1, 65536, 1.5, NaN, Infinity, 'x', '70000', {}, [], true, null, undefined]) {
  try {
    const server = net.createServer();
    server.listen({ port, host: '127.0.0.1' });
    server.close();
    console.log(port, 'is taken');
  } catch (e) {
    console.log(port, e.name, e.code, e.message);
  }
}
