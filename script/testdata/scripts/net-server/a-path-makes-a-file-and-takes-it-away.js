// Copyright 2026 The duplex authors. MIT license.

'use strict';

const fs = require('fs');
const net = require('net');
const os = require('os');
const path = require('path');

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'duplex-'));
const name = path.join(folder, 'a.sock');
const server = net.createServer((socket) => socket.end('through a path'));
server.listen(name, () => {
  console.log(server.address() === name, fs.existsSync(name), fs.statSync(name).isSocket());
  const client = net.connect(name);
  client.on('data', (chunk) => console.log(chunk.toString()));
  client.on('connect', () => console.log(client.remoteAddress, client.remotePort, client.address()));
  client.on('close', () => server.close(() => {
    console.log(fs.existsSync(name));
    fs.rmdirSync(folder);
  }));
});
