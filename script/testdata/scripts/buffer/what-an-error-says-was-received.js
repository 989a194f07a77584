// Copyright 2026 The duplex authors. MIT license.

'use strict';

// What a message says was received.
class Named {}
const values = [(function* () {})(), { constructor: { name: '' } }, { constructor: { name: 'X' } }, { constructor: {} }, { constructor: null },
  Object.create(null), new (class {})(), new Named(), () => {}, function named() {}, Named, Symbol('a'), 5n, 'long'.repeat(20), [1], -0, NaN];
for (const value of values) {
  try {
    Buffer.byteLength(value);
    console.log('fine');
  } catch (error) {
    console.log(error.code, error.message);
  }
}
