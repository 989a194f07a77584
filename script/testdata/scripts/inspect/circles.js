// Copyright 2026 The duplex authors. MIT license.

'use strict';

const o = { name: 'o' };
o.self = o;
o.list = [o, { o }];
console.log(o);
const a = { name: 'a' };
const b = { name: 'b', a };
a.b = b;
console.log([a, b]);
