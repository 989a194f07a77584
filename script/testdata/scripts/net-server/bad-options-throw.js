// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

for (const options of ['x', 1, true, null, []]) {
  try {
    const server = net.createServer(options);
    console.log(options, 'is taken', server.allowHalfOpen);
  } catch (e) {
    console.log(options, e.name, e.code, e.message);
  }
}
