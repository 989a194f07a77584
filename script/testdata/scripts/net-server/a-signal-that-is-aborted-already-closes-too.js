// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const server = net.createServer();
server.on('listening', () => console.log('listening'));
server.on('close', () => console.log('close'));
server.listen({ port: 0, signal: AbortSignal.abort() });
console.log('returned');
