// Copyright 2026 The duplex authors. MIT license.

'use strict';

console.table([{ a: 1, b: 'x' }, { a: 2, c: true }]);
console.table([['x', 'y'], [1, 2]]);
console.table([1, 'two', { three: 3 }]);
console.table([{ a: 1, b: 2 }], ['b']);
console.table(new Map([['k', 1]]));
console.table(5);
