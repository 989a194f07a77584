// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

net.connect(1, '127.0.0.1').on('error', (e) => {
  console.log(e instanceof Error, Object.prototype.toString.call(e), String(e));
  console.log(JSON.stringify(e));
  console.log(Object.getOwnPropertyNames(e).sort());
  console.log(e.stack.split('\n')[0]);
  console.log({ e });
});
