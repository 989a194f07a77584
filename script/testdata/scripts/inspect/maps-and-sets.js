// Copyright 2026 The duplex authors. MIT license.

'use strict';

console.log(new Map([['a', 1], [{ k: 1 }, [2]]]), new Set([1, 'two', [3]]), new Map(), new Set());
console.log(new WeakMap(), new WeakSet(), [new Map([[1, new Map([[2, new Map([[3, 4]])]])]])]);
console.log(new Map([[1, 2]]).entries(), new Set([1]).values(), [1, 2][Symbol.iterator](), new Map([[1, 2]]).keys());
