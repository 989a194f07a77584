// Copyright 2026 The duplex authors. MIT license.

'use strict';

const util = require('util');

const deep = { a: { b: { c: { d: { e: 1 } } } }, list: [[[[1]]]] };
console.log(deep);
console.log(util.inspect(deep, { depth: 0 }), util.inspect(deep, { depth: null }));
console.log(util.inspect(deep, false, 1));
console.dir(deep, { depth: 3 });
