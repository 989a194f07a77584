// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const socket = new net.Socket();
console.log(String(socket), JSON.stringify(typeof socket.toJSON));
console.log(net.Socket, net.Server);
console.log(Object.keys(net.Socket.prototype).includes('connect'), 'setNoDelay' in socket, 'bufferSize' in socket);
