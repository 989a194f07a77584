// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const controller = new AbortController();
const server = net.createServer();
server.on('close', () => console.log('close'));
server.on('error', () => console.log('never'));
server.listen({ port: 0, host: '127.0.0.1', signal: controller.signal }, () => {
  console.log('listening');
  controller.abort();
  console.log('aborted', server.listening);
});
