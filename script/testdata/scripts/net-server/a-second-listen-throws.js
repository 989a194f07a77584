// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const server = net.createServer();
server.listen(0);
try {
  server.listen(0);
} catch (e) {
  console.log(e instanceof Error, e.name, e.code, e.message);
}
server.on('listening', () => {
  try {
    server.listen(0);
  } catch (e) {
    console.log(e.code);
  }
  server.close();
});
