// Copyright 2026 The duplex authors. MIT license.

'use strict';

const util = require('util');

console.log('%s is %d years and %i months, %f', 'Bob', 42, 7.9, '1.5');
console.log('%j %o %O', { a: [1] }, [1, { b: 2 }], { c: { d: { e: { f: 1 } } } });
console.log('%s %s %s %s', null, undefined, 10n, Symbol('s'), 'and', 'more', { x: 1 });
console.log('%s %s %s', { a: { b: { c: 1 } } }, [1, [2, [3]]], () => 1, '%s', '100%');
console.log('%% %x %c css', 'color: red', 5);
console.log('%d %d %d %i', '0x10', '', 5n, 'x', util.format('%s'), util.format(1, 2, '3'), util.format('a', 'b'));
console.log('%s', class A {}, '%s', Object.create(null), new Date(0));
