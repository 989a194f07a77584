// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const socket = net.connect({ path: '/nowhere/d.sock', port: 1, host: '127.0.0.1' });
socket.on('error', (e) => console.log(e.message, socket.connecting));
