// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const server = net.createServer();
server.on('close', () => console.log('close event'));
server.on('error', () => console.log('never'));
const returned = server.close((error) => {
  console.log(error.name, error.code, error.message);
});
console.log('returned itself', returned === server);
