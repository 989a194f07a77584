// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const first = net.createServer().listen(0, () => {
  const second = net.createServer();
  second.on('error', (e) => {
    console.log(e.code, e.syscall, e.address, e.message.replace(e.port, 'PORT'));
    first.close();
  });
  second.listen(first.address().port);
  process.nextTick(() => console.log('tick'));
  console.log('returned');
});
