// Copyright 2026 The duplex authors. MIT license.

// What a test is called with.

'use strict';

const { validateInteger } = require('internal/validators');

const hookNames = ['before', 'after', 'beforeEach', 'afterEach'];

class TestContext {
  #test;
  #mock;
  #assert;

  constructor(test) {
    this.#test = test;
    Object.defineProperty(this, 'restore', { value: () => this.#mock?.reset() });
  }

  get signal() {
    return this.#test.controller.signal;
  }

  get name() {
    return this.#test.name;
  }

  get fullName() {
    return this.#test.fullName;
  }

  get error() {
    return this.#test.error;
  }

  get passed() {
    return this.#test.passed;
  }

  diagnostic(message) {
    this.#test.diagnostics.push(message);
  }

  plan(count) {
    validateInteger(count, 'count', 1);
    this.#test.plan = { expected: count, actual: 0 };
  }

  // assert has the functions of the module, which the plan counts.
  get assert() {
    if (this.#assert !== undefined) return this.#assert;
    const test = this.#test;
    const assert = require('assert');
    this.#assert = {};
    for (const name of Object.keys(assert)) {
      if (typeof assert[name] !== 'function' || /^[A-Z]|^strict$/.test(name)) continue;
      this.#assert[name] = (...args) => {
        if (test.plan) test.plan.actual++;
        return assert[name](...args);
      };
    }
    return this.#assert;
  }

  get mock() {
    this.#mock ??= new (require('internal/test/mock').MockTracker)();
    return this.#mock;
  }

  runOnly() {}

  skip(message) {
    this.#test.skip = message ?? true;
  }

  todo(message) {
    this.#test.todo = message ?? true;
  }

  test(name, options, fn) {
    if (this.#test.plan) this.#test.plan.actual++;
    return require('internal/test/make').add(this.#test, name, options, fn).ended;
  }

  static {
    for (const name of hookNames) {
      Object.defineProperty(this.prototype, name, {
        value: { [name](fn, options) { hook(this.#test, name, fn, options); } }[name],
        writable: true,
        configurable: true,
      });
    }
  }
}

class SuiteContext {
  #test;

  constructor(test) {
    this.#test = test;
  }

  get signal() {
    return this.#test.controller.signal;
  }

  get name() {
    return this.#test.name;
  }

  get fullName() {
    return this.#test.fullName;
  }
}

// hook adds a function to those of a test.
function hook(test, name, fn = () => {}, options = undefined) {
  if (options?.signal?.aborted) return;
  const timeout = options?.timeout;
  test.hooks[name].push((context) => {
    const call = fn.length < 2 ?
      async () => fn.call(context, context) :
      () => new Promise((resolve, reject) => { fn.call(context, context, (error) => (error ? reject(error) : resolve())); });
    return timeout === undefined || timeout === Infinity ? call() : limited(call(), timeout);
  });
}

function limited(promise, timeout) {
  const { failure } = require('internal/test/tree');
  let timer;
  const late = new Promise((resolve, reject) => {
    timer = setTimeout(() => reject(failure('testTimeoutFailure', `test timed out after ${timeout}ms`)), timeout);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

exports.hook = hook;
exports.hookNames = hookNames;
exports.make = (test) => (test.isSuite ? new SuiteContext(test) : new TestContext(test));
