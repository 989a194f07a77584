// Copyright 2026 The duplex authors. MIT license.

'use strict';

const { Transform } = require('stream');

for (const highWaterMark of [undefined, 0, 5]) {
  for (const readableHighWaterMark of [undefined, 0, 3]) {
    for (const writableHighWaterMark of [undefined, 0, 4]) {
      const t = new Transform({ highWaterMark, readableHighWaterMark, writableHighWaterMark });
      console.log(highWaterMark, readableHighWaterMark, writableHighWaterMark, '→', t.readableHighWaterMark, t.writableHighWaterMark);
    }
  }
}
