// Copyright 2026 The duplex authors. MIT license.

'use strict';

const { isDeepStrictEqual } = require('util');

const cases = [
  [{ a: 1, b: [2] }, { b: [2], a: 1 }], [[1, 2], [2, 1]], [NaN, NaN], [0, -0], [1, '1'], [new Set([1, { a: 1 }]), new Set([{ a: 1 }, 1])],
  [new Map([[{}, 1]]), new Map([[{}, 1]])], [new Date(0), new Date(0)], [/a/g, /a/i], [Object(1), Object(1)], [[1, , 3], [1, undefined, 3]],
  [Buffer.from('a'), Buffer.from('a')], [new Error('a'), new Error('b')], [{}, Object.create(null)], [null, undefined], [{ a: undefined }, {}],
];
for (const [a, b] of cases) console.log(isDeepStrictEqual(a, b));
