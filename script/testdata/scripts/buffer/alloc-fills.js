// Copyright 2026 The duplex authors. MIT license.

'use strict';

console.log(Buffer.alloc(3), Buffer.alloc(5, 'ab'), Buffer.alloc(4, 0x101), Buffer.alloc(4, 'abcd', 'hex'), Buffer.alloc(3, Buffer.from([1, 2])));
console.log(Buffer.allocUnsafe(4).length, Buffer.allocUnsafeSlow(4).length, Buffer.alloc(0));
console.log(Buffer.alloc(6).fill('xy'), Buffer.alloc(6).fill('é', 1, 5), Buffer.alloc(4).fill(7, 2), Buffer.alloc(2).fill(''));
for (const f of [() => Buffer.alloc('5'), () => Buffer.alloc(-1), () => Buffer.alloc(NaN), () => Buffer.alloc(5, 'zz', 'hex'), () => Buffer.alloc(3).fill(1, 5)]) {
  try {
    console.log(f());
  } catch (e) {
    console.log(e.name, e.code, e.message);
  }
}
