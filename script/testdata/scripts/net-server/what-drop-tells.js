// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');
const fs = require('fs');
const path = require('path');
const os = require('os');

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'drop-'));

function full(where, next) {
  const server = net.createServer((socket) => socket.on('error', () => {}));
  server.maxConnections = 1;
  server.on('drop', (...args) => {
    console.log(args.length, args.map((told) => [Object.getPrototypeOf(told), Object.keys(told)]));
    first.destroy();
    server.close(next);
  });
  let first;
  server.listen(where, () => {
    const address = typeof where === 'string' ? where : server.address();
    first = net.connect(address, () => net.connect(address).resume().on('error', () => {}));
  });
}

full({ port: 0, host: '127.0.0.1' }, () => full(path.join(folder, 's'), () => fs.rmdirSync(folder)));
