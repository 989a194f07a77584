// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const socket = new net.Socket({ signal: AbortSignal.abort('no more') });
socket.on('error', (e) => console.log('error', e.name, e.code, e.cause));
socket.on('close', (hadError) => console.log('close', hadError));
