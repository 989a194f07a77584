// Copyright 2026 The duplex authors. MIT license.

'use strict';

const o = { a: [1, new Date(0)], m: new Map([[1, new Set([2])]]), b: new Uint8Array([1]), u: undefined, n: 10n };
o.self = o;
const clone = structuredClone(o);
console.log(clone, clone !== o, clone.self === clone);
try {
  structuredClone({ f() {} });
} catch (e) {
  console.log(e.name, e.code);
}
