// Copyright 2026 The duplex authors. MIT license.

'use strict';

const util = require('util');

const o = { b: 2, a: [1, 2, 3, 4, 5], text: 'x'.repeat(50), inner: { y: 1, x: 2 } };
console.log(util.inspect(o, { sorted: true, maxArrayLength: 2, maxStringLength: 10 }));
console.log(util.inspect(o, { compact: false }));
console.log(util.inspect(o, { breakLength: Infinity }));
console.log(util.inspect(o, { compact: true, breakLength: 40 }));
console.log(util.inspect(1234567.891, { numericSeparator: true }), util.inspect('a\nb\t\u0001\\'), util.inspect("it's `both` \"kinds\""));
