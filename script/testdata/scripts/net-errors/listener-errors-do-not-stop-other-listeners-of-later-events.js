// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const seen = [];
process.on('uncaughtException', (e) => seen.push(`uncaught ${e.message}`));
const server = net.createServer();
server.on('listening', () => {
  seen.push('first');
  throw new Error('in listening');
});
server.on('listening', () => seen.push('never: the emit was left'));
server.on('close', () => seen.push('close'));
server.listen(0, '127.0.0.1');
setTimeout(() => server.close(), 30);
process.on('exit', () => console.log(seen));
