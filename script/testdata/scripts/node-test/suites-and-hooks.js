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

const told = [];
const tell = (word) => () => { told.push(word); };
before(tell('before all'));
after(tell('after all'));
describe('outer', () => {
  before(tell('before outer'));
  after(tell('after outer'));
  beforeEach(tell('before each of outer'));
  afterEach(tell('after each of outer'));
  it('first', tell('first'));
  describe('inner', () => {
    before(tell('before inner'));
    beforeEach(tell('before each of inner'));
    afterEach(tell('after each of inner'));
    it('second', (t) => told.push(t.fullName));
    it('third', () => { throw new Error('third'); });
  });
  it('last', tell('last'));
});
test('with hooks of its own', async (t) => {
  t.before(tell('t.before'));
  t.beforeEach(tell('t.beforeEach'));
  t.after(tell('t.after'));
  await t.test('part', tell('part'));
});
describe('broken', () => { throw new Error('in a suite'); });
describe('with a hook that fails', () => {
  before(() => { throw new Error('in a hook'); });
  it('does not run', tell('never'));
});
describe('with another', () => {
  beforeEach(() => { throw new Error('before each'); });
  it('does not run either', tell('never'));
});
describe.skip('left out', () => it('never', tell('never')));
describe.todo('to be done', () => it('runs', tell('runs')));
describe('empty', () => {});
after(() => console.log(told));
