// Copyright 2026 The duplex authors. MIT license.

'use strict';

// A path is text of C's: what follows NUL is not seen.
const net = require('net');
const fs = require('fs');
const path = require('path').join(require('os').tmpdir(), `duplex-nul-${process.pid}.sock`);
const server = net.createServer((socket) => socket.end('found')).listen(`${path}\0of no account`, () => {
  console.log(fs.existsSync(path), server.address() === `${path}\0of no account`);
  net.connect(`${path}\0nor this`).setEncoding('utf8').on('data', console.log).on('close', () => {
    server.close(() => console.log(fs.existsSync(path)));
  });
});
