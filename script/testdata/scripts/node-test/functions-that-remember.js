// Copyright 2026 The duplex authors. MIT license.

'use strict';

const { spawnSync } = require('child_process');
const { test, describe, it, before, after, beforeEach, afterEach, mock } = require('node:test');
const assert = require('assert');

// What the script prints as a script of tests, but for times and stacks.
if (process.argv[2] !== 'tests') {
  const { status, stdout, stderr } = spawnSync(process.execPath, [__filename, 'tests'], { encoding: 'utf8' });
  console.log(status, stderr);
  const lines = stdout.replace(/(duration_ms:? )[\d.]+/g, '$1…').replaceAll(__dirname + require('path').sep, '').split('\n');
  console.log(lines.filter((line) => !/:\d+:\d+\)?$|<anonymous>\)$|stack: \|-$/.test(line)).join('\n'));
  return;
}

const sum = mock.fn((a, b) => a + b);
test('calls', (t) => {
  sum(1, 2);
  sum.call('self', 3, 4);
  const [first, second] = sum.mock.calls;
  console.log(first.arguments, first.result, second.this, sum.mock.callCount(), Object.keys(first));
  const object = { value: 1, get it() { return this.value; }, fails() { throw new Error('it fails'); } };
  t.mock.getter(object, 'it', () => 5);
  const fails = t.mock.method(object, 'fails');
  assert.throws(() => object.fails(), /it fails/);
  console.log(object.it, fails.mock.calls[0].error.message, fails.mock.calls[0].this === object);
  fails.mock.mockImplementationOnce(() => 'once');
  console.log(object.fails());
  fails.mock.mockImplementation(() => 'always');
  console.log(object.fails());
  fails.mock.resetCalls();
  console.log(fails.mock.callCount());
  t.mock.restoreAll();
  console.log(object.it);
  assert.throws(() => object.fails(), /it fails/);
  const twice = t.mock.fn(() => 'first', () => 'other', { times: 2 });
  console.log(twice(), twice(), twice());
  class Thing {
    constructor(name) {
      this.name = name;
    }
  }
  const Mocked = t.mock.fn(Thing);
  const thing = new Mocked('x');
  console.log(thing.name, thing instanceof Thing, Mocked.mock.callCount());
});
for (const wrong of [() => mock.fn(5), () => mock.method({}, 'x'), () => mock.method(5, 'x'), () => mock.fn(() => {}, { times: 0 }),
  () => test('x', { timeout: -1 }, () => {}), () => test('x', { concurrency: 'a' }, () => {})]) {
  try {
    wrong();
  } catch (error) {
    console.log(error.code, error.message);
  }
}
