// Copyright 2026 The duplex authors. MIT license.

'use strict';

const fs = require('fs');
const net = require('net');
const os = require('os');
const path = require('path');

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'duplex-'));
const name = path.join(folder, 'b.sock');
const first = net.createServer().listen({ path: name }, () => {
  const second = net.createServer();
  second.on('error', (e) => {
    console.log(e.code, e.syscall, e.address === name, e.port, e.message.replace(name, 'PATH'));
    first.close(() => fs.rmdirSync(folder));
  });
  second.listen(name);
});
