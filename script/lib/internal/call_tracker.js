// Copyright 2026 The duplex authors. MIT license.

// assert.CallTracker: functions that are to be called so and so often.

'use strict';

const { AssertionError } = require('internal/assertion_error');
const { codes } = require('internal/errors');
const { validateUint32 } = require('internal/validators');

class CallTracker {
  #tracked = new Map(); // what is known of a function, by the one that calls it

  calls(fn, expected = 1) {
    if (process._exiting) throw unavailable();
    if (typeof fn === 'number') [fn, expected] = [undefined, fn];
    fn ??= (() => function () {})(); // without a name
    validateUint32(expected, 'expected', true);
    const calls = [];
    const tracked = new Proxy(fn, {
      apply(target, thisArg, args) {
        calls.push(Object.freeze({ thisArg, arguments: Object.freeze([...args]) }));
        return Reflect.apply(target, thisArg, args);
      },
    });
    this.#tracked.set(tracked, { calls, expected, name: fn.name || 'calls', stack: new Error() });
    return tracked;
  }

  #known(tracked) {
    const known = this.#tracked.get(tracked);
    if (known === undefined) throw new codes.ERR_INVALID_ARG_VALUE('tracked', tracked, 'is not a tracked function');
    return known;
  }

  getCalls(tracked) {
    return Object.freeze([...this.#known(tracked).calls]);
  }

  reset(tracked) {
    if (tracked !== undefined) this.#known(tracked).calls.length = 0;
    else for (const { calls } of this.#tracked.values()) calls.length = 0;
  }

  report() {
    const errors = [];
    for (const { calls: { length: actual }, expected, name: operator, stack } of this.#tracked.values()) {
      if (actual === expected) continue;
      const message = `Expected the ${operator} function to be executed ${expected} time(s) but was executed ${actual} time(s).`;
      errors.push({ message, actual, expected, operator, stack });
    }
    return errors;
  }

  verify() {
    const errors = this.report();
    if (errors.length === 0) return;
    const message = errors.length === 1 ? errors[0].message : 'Functions were not called the expected number of times';
    throw new AssertionError({ message, details: errors });
  }
}
exports.CallTracker = CallTracker;

function unavailable() {
  const error = new Error('cannot call this in process exit handler');
  error.code = 'ERR_UNAVAILABLE_DURING_EXIT';
  return error;
}
