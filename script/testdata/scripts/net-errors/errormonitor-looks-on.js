// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');
const { errorMonitor } = require('events');

const socket = net.connect(1, '127.0.0.1');
socket.on(errorMonitor, (e) => console.log('monitor', e.code));
socket.on('error', (e) => console.log('error', e.code));
socket.on('close', (hadError) => console.log('close', hadError));
