// Copyright 2026 The duplex authors. MIT license.

'use strict';

const buffer = require('buffer');

console.log(Buffer.alloc(60));
console.log(Buffer.alloc(0), [Buffer.from('a')], { b: Buffer.from('b') });
buffer.INSPECT_MAX_BYTES = 3;
console.log(Buffer.from('abcdef'));
const named = Buffer.from('x');
named.note = 'with a property';
console.log(named, `${Buffer.from('as text')}`);
