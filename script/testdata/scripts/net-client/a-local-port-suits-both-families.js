// Copyright 2026 The duplex authors. MIT license.

'use strict';

// The first of two addresses refuses, the second is of the other family: each attempt is
// from the local port that was asked for.
const net = require('net');
const findPort = require('../port.js');

const lookup = (host, options, callback) => callback(null, [{ address: '::1', family: 6 }, { address: '127.0.0.1', family: 4 }]);
const server = net.createServer((socket) => socket.end()).listen(0, '127.0.0.1', () => findPort((localPort) => {
  const socket = net.connect({ port: server.address().port, host: 'both.test', localPort, lookup });
  socket.on('connectionAttemptFailed', (ip, port, family, error) => console.log('failed', ip, family, error.code));
  socket.on('connect', () => console.log(socket.localAddress, socket.localPort === localPort));
  socket.on('close', () => server.close()).resume();
}));
