// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

console.log(Object.keys(net).sort());
console.log(net.Stream === net.Socket, net.connect === net.createConnection, net === require('node:net'));
console.log(net.Socket.name, net.Socket.length, net.Server.length, net.connect.length, net.isIP.length);
