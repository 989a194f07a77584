// Copyright 2026 The duplex authors. MIT license.

'use strict';

console.log(1, -0, 1.5e300, NaN, 10n, 'text', true, null, undefined, Symbol('s'));
console.log([1, -0, 'text', 'it\'s', "both ' and \"", null, undefined, Symbol('s'), 10n]);
console.log({ a: 1, 'b-c': 2, 3: 4, [Symbol('s')]: 5 }, {}, [], [[]], [{}]);
console.log(() => {}, function f() {}, class A {}, class B extends Array {}, async () => {}, function* g() {}, Math.max);
console.log([function f() {}, class A {}, () => {}], { f() {}, g: () => {} });
console.log(/re/gi, [/x/], new Date(0), [new Date(NaN)], new Error('e').message, Object(1), Object('s'), Object(Symbol('t')));
