// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

process.on('exit', (code) => console.log('exit', code));
net.connect({ port: 1, host: '127.0.0.1' });
