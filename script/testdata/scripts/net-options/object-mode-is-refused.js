// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

for (const name of ['objectMode', 'readableObjectMode', 'writableObjectMode']) {
  try {
    new net.Socket({ [name]: true });
  } catch (e) {
    console.log(e.name, e.code, e.message);
  }
}
console.log(new net.Socket({ objectMode: false }).readableObjectMode);
