// Copyright 2026 The duplex authors. MIT license.

'use strict';

const b = Buffer.from([1, 2, 3, 4, 5, 6, 7, 8]);
console.log(b.swap16(), b.swap32(), b.swap64());
try {
  b.subarray(1).swap16();
} catch (e) {
  console.log(e.name, e.code, e.message);
}
console.log([...b.subarray(0, 2).entries()], [...b.subarray(0, 2).keys()], [...b.subarray(0, 2)]);
console.log(b.map((x) => x * 2) instanceof Buffer, b.filter((x) => x > 6), b.reverse()[0], b.at(-1), b.join('-'));
