// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const first = net.createServer();
const second = net.createServer();
second.on('close', () => console.log('never: an error is not followed by close'));
second.on('listening', () => console.log('never'));
second.on('error', (e) => {
  const { port } = first.address();
  console.log(e.name, e.code, e.syscall, e.errno, e.address, e.port === port);
  console.log(e.message.replace(port, 'PORT'));
  console.log(Object.keys(e));
  console.log(second.listening, second.address());
  first.close();
});
first.listen(0, '127.0.0.1', () => {
  second.listen(first.address().port, '127.0.0.1');
  console.log('returned');
});
