// Copyright 2026 The duplex authors. MIT license.

'use strict';

const util = require('util');

const o = { get a() { return 1; }, set a(v) {}, get b() { return 2; }, set c(v) {} };
Object.defineProperty(o, 'hidden', { value: 'h', enumerable: false });
console.log(o);
console.log(util.inspect(o, { getters: true }), util.inspect(o, { showHidden: true }));
console.log(util.inspect([1], { showHidden: true }));
