// Copyright 2026 The duplex authors. MIT license.

'use strict';

// Whether a high water mark is below zero is asked of numbers only.
const net = require('net');

for (const highWaterMark of [undefined, 0, 5, -1, NaN, '-1', '5', null, Symbol('mark'), [-1]]) {
  try {
    console.log(highWaterMark, net.createServer({ highWaterMark }).highWaterMark > 100);
  } catch (error) {
    console.log(highWaterMark, error.code, error.message);
  }
}
