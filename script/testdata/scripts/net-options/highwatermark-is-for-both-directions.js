// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

for (const options of [{}, { highWaterMark: 10 }, { highWaterMark: 0 }, { readableHighWaterMark: 5 }, { writableHighWaterMark: 7 }]) {
  const socket = new net.Socket(options);
  console.log(options, socket.readableHighWaterMark, socket.writableHighWaterMark);
}
for (const highWaterMark of [-1, NaN, 'x', 1.5]) {
  try {
    const socket = new net.Socket({ highWaterMark });
    console.log(highWaterMark, socket.readableHighWaterMark);
  } catch (e) {
    console.log(highWaterMark, e.code, e.message);
  }
}
