// Copyright 2026 The duplex authors. MIT license.

'use strict';

const b = Buffer.from('hi');
console.log(JSON.stringify(b), b.toJSON(), JSON.stringify({ b }));
console.log(Buffer.from(JSON.parse(JSON.stringify(b))).equals(b));
console.log(Object.keys(b), Object.prototype.toString.call(b), typeof b, Array.isArray(b));
