// Copyright 2026 The duplex authors. MIT license.

'use strict';

const { Transform } = require('stream');

const doubler = new Transform({
  objectMode: true,
  transform({ n }, encoding, callback) {
    callback(null, { n: n * 2 });
  },
});
console.log(doubler.readableObjectMode, doubler.writableObjectMode, doubler.readableHighWaterMark, doubler.writableHighWaterMark);
doubler.on('data', (x) => console.log(x));
doubler.write({ n: 1 });
doubler.write({ n: 21 });
try {
  doubler.write(null);
} catch (e) {
  console.log(e.code);
}
doubler.end();
