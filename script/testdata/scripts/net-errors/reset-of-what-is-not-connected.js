// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const socket = new net.Socket();
socket.on('error', (e) => console.log('error', e.name, e.code, e.message));
socket.on('close', (hadError) => console.log('close', hadError));
socket.resetAndDestroy();
console.log(socket.destroyed);
