// Copyright 2026 The duplex authors. MIT license.

'use strict';

console.log(new Uint8Array([1, 2]), new Float64Array(2), new BigInt64Array([1n]), new ArrayBuffer(4), new DataView(new ArrayBuffer(2)));
console.log(Buffer.from('x'), [Buffer.from('y')], new Uint8Array(0));
