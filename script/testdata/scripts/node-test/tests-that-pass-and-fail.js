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

test('passes', () => {});
test('fails', () => { assert.strictEqual(1, 2); });
test('parts', async (t) => {
  await t.test('one', () => {});
  await t.test('two', async () => { throw Object.assign(new Error('in two\nlines'), { code: 'MINE' }); });
  t.diagnostic('a word about it');
});
test('left out', { skip: 'because' }, () => { throw new Error('never'); });
test.skip('left out, too', () => {});
test('leaves itself out', (t) => t.skip('now'));
test.todo('to be done', () => { throw new Error('not yet'); });
test('by callback', (t, done) => setTimeout(done, 1));
test('by callback, with an error', (t, done) => done(new Error('told')));
test('by both', async (t, done) => done());
test('not by an error', () => { throw 'text'; });
test('by nothing', () => Promise.reject(null));
test('deep', () => { assert.deepStrictEqual({ a: 1, b: [1, 2] }, { a: 1, b: [1, 3] }); });
test('a name\nof # two \\ lines', () => {});
test(function named() {});
test(() => {});
test('alone');
test('two at once', { concurrency: 2 }, (t) => Promise.all([
  t.test('slower', () => new Promise((resolve) => { setTimeout(resolve, 20); })), t.test('faster', () => {}),
]));
test('not awaited', (t) => { t.test('inner', () => new Promise((resolve) => { setTimeout(resolve, 20); })); });
test('too long', { timeout: 5 }, () => new Promise((resolve) => { setTimeout(resolve, 200); }));
test('planned', (t) => {
  t.plan(2);
  t.assert.ok(true);
});
test('only', { only: true }, () => {});
test('thrown later', () => new Promise(() => { setTimeout(() => { throw new Error('by nobody'); }, 1); }));
test('rejected later', () => new Promise(() => { setTimeout(() => { Promise.reject(new Error('of nobody')); }, 1); }));
test('waits for ever', () => new Promise(() => {}));
