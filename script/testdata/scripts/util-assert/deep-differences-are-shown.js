// Copyright 2026 The duplex authors. MIT license.

'use strict';

const assert = require('assert');

for (const [actual, expected] of [
  [{ a: 1, b: 2 }, { a: 1, b: 3 }],
  [[1, 2, 3], [1, 2, 4]],
  ['line one\nline two', 'line one\nline 2'],
  [{ list: [1, 2, 3, 4, 5, 6, 7, 8] }, { list: [1, 2, 3, 4, 5, 6, 7, 9] }],
]) {
  try {
    assert.deepStrictEqual(actual, expected);
  } catch (e) {
    console.log(e.message);
  }
}
