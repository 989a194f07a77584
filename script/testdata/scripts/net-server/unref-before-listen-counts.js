// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const server = net.createServer().unref();
server.on('listening', () => console.log('listening'));
server.listen(0);
process.on('exit', () => console.log('exit', server.listening));
