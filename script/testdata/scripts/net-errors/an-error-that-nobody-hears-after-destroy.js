// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const socket = new net.Socket();
process.on('uncaughtException', (e, origin) => console.log('uncaught', e.message, origin));
socket.on('close', (hadError) => console.log('close', hadError));
socket.destroy(new Error('mine'));
console.log('destroyed');
