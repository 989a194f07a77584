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
for (const text of ['two\nlines', "it's", 'say "x"', 'both \' "', 'x'.repeat(28), 'x'.repeat(29), `it's ${'x'.repeat(30)}`, '😀'.repeat(14), '']) {
  try {
    Buffer.concat(text);
  } catch (error) {
    console.log(error.message);
  }
}
for (const args of [[5, 0], [5, 9], [5, 'x'], [2n ** 64n, 9]]) {
  try {
    Buffer.alloc(8).writeBigInt64LE(...args);
  } catch (error) {
    console.log(error.name, error.code, error.message);
  }
}
