// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const server = net.createServer().listen(0, '127.0.0.1', () => {
  server.unref();
  console.log(server.ref() === server);
  const timer = setTimeout(() => {
    console.log('alive');
    server.close();
  }, 20);
  timer.unref();
});
process.on('exit', () => console.log('exit', server.listening));
