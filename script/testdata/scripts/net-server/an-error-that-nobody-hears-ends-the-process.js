// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const server = net.createServer();
process.on('exit', (code) => console.log('exit', code));
server.listen('/nowhere/at/all.sock');
