// Copyright 2026 The duplex authors. MIT license.

// Tests that a script has of its own. What a script of them prints is for a program to
// read (TAP), or, at a terminal, for people.

'use strict';

const { maker } = require('internal/test/make');
const { hook, hookNames } = require('internal/test/context');
const { absent } = require('internal/absent');

const test = maker(false);
const suite = maker(true);

const hooks = {};
for (const name of hookNames) {
  hooks[name] = (fn, options) => {
    const { Test } = require('internal/test/tree');
    hook(Test.current ?? require('internal/test/root').root(), name, fn, options);
  };
}
const { after, afterEach, before, beforeEach } = hooks;

Object.assign(test, {
  after,
  afterEach,
  before,
  beforeEach,
  describe: suite,
  it: test,
  ...absent('test runs', 'give the files to duplex one by one, or run them with node').functions('run', 'test'),
  suite,
  test,
});

let mock;
Object.defineProperty(test, 'mock', {
  get: () => (mock ??= new (require('internal/test/mock').MockTracker)()),
  enumerable: true,
  configurable: true,
});

module.exports = test;
