// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const options = {
  'a signal that is none': { signal: 'x' },
  'an fd that is none': { fd: 'x' },
  'a negative fd': { fd: -1 },
  'onread without a callback': { onread: { buffer: Buffer.alloc(1) } },
  'onread without a buffer': { onread: { callback() {} } },
  'a highWaterMark that is none': { highWaterMark: {} },
};
for (const [name, option] of Object.entries(options)) {
  try {
    new net.Socket(option);
    console.log(`${name}: taken`);
  } catch (e) {
    console.log(`${name}: ${e.name} ${e.code} ${e.message}`);
  }
}
