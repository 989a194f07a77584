// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');
const { EventEmitter } = require('events');

const server = net.Server({ allowHalfOpen: true }, () => {});
console.log(server instanceof net.Server, server instanceof EventEmitter);
console.log(server.allowHalfOpen, server.pauseOnConnect, server.listenerCount('connection'));
console.log(net.Server.name, net.createServer.name, net.createServer().constructor === net.Server);
