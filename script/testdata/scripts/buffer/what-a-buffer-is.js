// Copyright 2026 The duplex authors. MIT license.

'use strict';

const buffer = require('buffer');

console.log(Buffer.from('x') instanceof Uint8Array, Buffer.isBuffer(new Uint8Array(1)), Buffer.isBuffer(Buffer.alloc(1)), Buffer.poolSize);
console.log(buffer.Buffer === Buffer, buffer.constants.MAX_LENGTH, buffer.constants.MAX_STRING_LENGTH, buffer.kMaxLength, Buffer.name);
console.log(Object.getPrototypeOf(Buffer.prototype) === Uint8Array.prototype, Buffer.of(1, 2), typeof Buffer.from('x').parent);
console.log(Object.keys(buffer).sort().join(' '));
