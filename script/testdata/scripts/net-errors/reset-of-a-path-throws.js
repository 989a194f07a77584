// Copyright 2026 The duplex authors. MIT license.

'use strict';

const fs = require('fs');
const net = require('net');
const os = require('os');
const path = require('path');

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'duplex-'));
const name = path.join(folder, 'c.sock');
const server = net.createServer((socket) => {
  server.close(() => fs.rmdirSync(folder));
  socket.resume();
}).listen(name, () => {
  const socket = net.connect(name, () => {
    try {
      socket.resetAndDestroy();
    } catch (e) {
      console.log(e.name, e.code, e.message);
    }
    console.log(socket.destroyed);
    socket.end();
  });
});
