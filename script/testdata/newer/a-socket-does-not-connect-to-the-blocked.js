// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const blockList = new net.BlockList();
blockList.addAddress('127.0.0.1');
const lookup = (...addresses) => (host, options, callback) => callback(null, addresses.map((address) => ({ address, family: 4 })));
let told = 0;
const server = net.createServer((socket) => socket.end());
server.listen(0, '0.0.0.0', () => {
  for (const options of [
    { host: '127.0.0.1' }, { host: 'one.test', lookup: lookup('127.0.0.1') }, { host: 'two.test', lookup: lookup('127.0.0.1', '127.0.0.1') },
    { host: 'three.test', lookup: lookup('127.0.0.1', '127.0.0.2') }, { host: '127.0.0.3' },
  ]) {
    const words = [options.host];
    const socket = net.connect({ port: server.address().port, blockList, ...options });
    socket.on('connect', () => words.push('connected', socket.remoteAddress)).on('error', (error) => words.push(error.code)).resume();
    socket.on('close', (hadError) => {
      words.push(hadError);
      if (++told === 5) server.close();
    });
    process.on('exit', () => console.log(...words));
  }
});
