// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const socket = new net.Socket();
socket.setTimeout(60000, () => console.log('never'));
console.log('set', socket.timeout);
process.on('exit', () => console.log('exit'));
