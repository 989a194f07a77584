// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');
for (const options of [{}, { path: null }, { path: null, port: null }, { host: '127.0.0.1' }, { port: null }, { path: undefined }]) {
  try {
    net.connect(options).on('error', () => {}).destroy();
    console.log(options, 'connects');
  } catch (error) {
    console.log(options, error.code, error.message);
  }
}
