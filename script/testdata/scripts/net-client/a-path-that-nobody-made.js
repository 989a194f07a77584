// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const socket = net.connect('/nowhere/at/all.sock');
socket.on('connectionAttempt', () => console.log('never'));
socket.on('error', (e) => console.log(e));
socket.on('close', (hadError) => console.log('close', hadError));
