// Copyright 2026 The duplex authors. MIT license.

'use strict';

const assert = require('assert');

assert(true);
assert.ok(1);
assert.equal(1, '1');
assert.strictEqual('a', 'a');
assert.deepEqual({ a: 1 }, { a: '1' });
assert.deepStrictEqual([1, { b: 2 }], [1, { b: 2 }]);
assert.notStrictEqual(1, 2);
assert.notDeepStrictEqual({ a: 1 }, { a: 2 });
assert.throws(() => { throw new TypeError('bad'); }, TypeError);
assert.throws(() => { throw new TypeError('bad'); }, /bad/);
assert.throws(() => { throw new TypeError('bad'); }, { name: 'TypeError', message: 'bad' });
assert.doesNotThrow(() => {});
assert.match('abc', /b/);
assert.doesNotMatch('abc', /x/);
assert.ifError(null);
assert.rejects(async () => { throw new Error('later'); }, /later/).then(() => console.log('rejected as it should'));
assert.strict.equal(1, 1);
console.log('all hold', assert.strict === require('assert/strict'), assert.AssertionError.name);
