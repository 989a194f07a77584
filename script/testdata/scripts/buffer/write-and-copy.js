// Copyright 2026 The duplex authors. MIT license.

'use strict';

const b = Buffer.alloc(10, '.');
console.log(b.write('abc'), b.write('xyz', 8), b.write('1234', 3, 2), b.write('ff', 6, 'hex'), String(b.subarray(0, 6)), b);
console.log(Buffer.alloc(4).write('€€'), Buffer.from('hello').copy(b, 2, 1, 4), b.copy(b, 1, 0), String(b.subarray(0, 5)));
for (const f of [() => b.write('x', 11), () => b.write('x', -1), () => b.write(5), () => b.write('x', 0, 1, 'klingon'), () => b.copy('x')]) {
  try {
    console.log(f());
  } catch (e) {
    console.log(e.name, e.code, e.message);
  }
}
