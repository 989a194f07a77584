// Copyright 2026 The duplex authors. MIT license.

'use strict';

const a = Buffer.from('a');
const b = Buffer.from('b');
console.log(a.compare(b), b.compare(a), a.compare(a), Buffer.compare(a, b), [b, a].sort(Buffer.compare));
console.log(a.equals(new Uint8Array([97])), a.equals(b), Buffer.from('abc').compare(Buffer.from('xbcx'), 1, 3, 1, 3));
console.log(Buffer.concat([a, b, a]), Buffer.concat([a, b], 1), Buffer.concat([a], 3), Buffer.concat([]));
for (const f of [() => Buffer.concat('x'), () => Buffer.concat([1]), () => a.equals('a'), () => Buffer.compare(a, 'b'), () => a.compare(1)]) {
  try {
    console.log(f());
  } catch (e) {
    console.log(e.name, e.code, e.message);
  }
}
