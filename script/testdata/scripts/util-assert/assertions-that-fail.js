// Copyright 2026 The duplex authors. MIT license.

'use strict';

const assert = require('assert');

for (const f of [
  () => assert.strictEqual(1, 2),
  () => assert.strictEqual('a', 'b', 'my own words'),
  () => assert.equal(1, 2),
  () => assert.notStrictEqual(1, 1),
  () => assert.ok(0, 'not ok'),
  () => assert.fail('on purpose'),
  () => assert.fail(),
  () => assert.throws(() => {}),
  () => assert.doesNotThrow(() => { throw new Error('thrown'); }),
  () => assert.match('abc', /x/),
  () => assert.ifError(new Error('an error')),
  () => assert.strictEqual(NaN, 0, new TypeError('an error of my own')),
]) {
  try {
    f();
    console.log('never');
  } catch (e) {
    console.log(e.name, e.code, e.generatedMessage, e.operator);
    console.log(e.message);
  }
}
