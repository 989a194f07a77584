// Copyright 2026 The duplex authors. MIT license.

// Functions that remember how they were called.

'use strict';

const { codes } = require('internal/errors');
const { validateFunction, validateInteger, validateObject } = require('internal/validators');

class MockFunctionContext {
  #calls = [];
  #implementation;
  #once = new Map(); // implementations, by the number of the call
  #times;
  #restore;

  constructor(implementation, restore, times) {
    this.#implementation = implementation;
    this.#restore = restore;
    this.#times = times;
  }

  get calls() {
    return this.#calls.slice();
  }

  callCount() {
    return this.#calls.length;
  }

  mockImplementation(implementation) {
    validateFunction(implementation, 'implementation');
    this.#implementation = implementation;
  }

  mockImplementationOnce(implementation, onCall) {
    validateFunction(implementation, 'implementation');
    const call = onCall ?? this.#calls.length;
    validateInteger(call, 'onCall', this.#calls.length);
    this.#once.set(call, implementation);
  }

  restore() {
    this.#restore();
  }

  resetCalls() {
    this.#calls = [];
  }

  static {
    this.next = (context) => {
      const number = context.#calls.length;
      const once = context.#once.get(number);
      context.#once.delete(number);
      const implementation = once ?? context.#implementation;
      if (number + 1 === context.#times) context.restore();
      return implementation;
    };
    this.keep = (context, call) => context.#calls.push(Object.assign(Object.create(null), call));
    this.replace = (context, implementation) => { context.#implementation = implementation; };
  }
}
const { next, keep, replace } = MockFunctionContext;
for (const name of ['next', 'keep', 'replace']) delete MockFunctionContext[name];

// remembering returns a function that calls what its context says.
function remembering(original, context) {
  function mocked(...args) {
    const self = new.target ? undefined : this;
    const call = { arguments: args, error: undefined, result: undefined, stack: new Error(), target: new.target && original, this: self };
    const implementation = next(context);
    try {
      call.result = new.target ?
        Reflect.construct(implementation, args, new.target === mocked ? original : new.target) : Reflect.apply(implementation, self, args);
      if (new.target) call.this = call.result;
      return call.result;
    } catch (error) {
      call.error = error;
      throw error;
    } finally {
      keep(context, call);
    }
  }
  Object.setPrototypeOf(mocked, Object.getPrototypeOf(original));
  const { arguments: own, caller, ...properties } = Object.getOwnPropertyDescriptors(original);
  if (!('prototype' in properties)) properties.prototype = { value: undefined, writable: true };
  return Object.defineProperties(mocked, { ...properties, mock: { value: context, configurable: true } });
}

function checkTimes({ times = Infinity }) {
  if (times !== Infinity) validateInteger(times, 'options.times', 1);
  return times;
}

function descriptorOf(object, name) {
  for (let one = object; one !== null; one = Object.getPrototypeOf(one)) {
    const found = Object.getOwnPropertyDescriptor(one, name);
    if (found) return found;
  }
  return undefined;
}

class MockTracker {
  #contexts = [];

  get timers() {
    throw require('internal/absent').absent('mock timers', 'mock the functions, or run the script with node').refuse('mock.timers');
  }

  fn(original = function () {}, implementation = original, options = {}) {
    if (original !== null && typeof original === 'object') [original, implementation, options] = [function () {}, function () {}, original];
    else if (implementation !== null && typeof implementation === 'object') [implementation, options] = [original, implementation];
    validateFunction(original, 'original');
    validateFunction(implementation, 'implementation');
    validateObject(options, 'options');
    return this.#make(original, implementation, checkTimes(options), (context) => replace(context, original));
  }

  method(object, name, implementation = undefined, options = {}) {
    if (object === null || (typeof object !== 'object' && typeof object !== 'function')) {
      throw new codes.ERR_INVALID_ARG_TYPE('object', 'object', object);
    }
    if (implementation !== null && typeof implementation === 'object') [implementation, options] = [undefined, implementation];
    validateObject(options, 'options');
    const { getter = false, setter = false } = options;
    const found = descriptorOf(object, name);
    const kind = getter ? 'get' : setter ? 'set' : 'value';
    const original = found?.[kind];
    if (typeof original !== 'function') throw new codes.ERR_INVALID_ARG_VALUE('methodName', original, 'must be a method');
    const own = Object.getOwnPropertyDescriptor(object, name);
    const restore = (context) => {
      if (own) Object.defineProperty(object, name, own);
      else delete object[name];
      replace(context, original);
    };
    const mocked = this.#make(original, implementation ?? original, checkTimes(options), restore);
    Object.defineProperty(object, name, { ...found, configurable: true, [kind]: mocked });
    return mocked;
  }

  getter(object, name, implementation = undefined, options = {}) {
    if (implementation !== null && typeof implementation === 'object') [implementation, options] = [undefined, implementation];
    return this.method(object, name, implementation, { ...options, getter: true });
  }

  setter(object, name, implementation = undefined, options = {}) {
    if (implementation !== null && typeof implementation === 'object') [implementation, options] = [undefined, implementation];
    return this.method(object, name, implementation, { ...options, setter: true });
  }

  #make(original, implementation, times, restore) {
    const context = new MockFunctionContext(implementation, () => restore(context), times);
    this.#contexts.push(context);
    return remembering(original, context);
  }

  reset() {
    this.restoreAll();
    this.#contexts = [];
  }

  restoreAll() {
    for (const context of this.#contexts) context.restore();
  }
}

module.exports = { MockTracker };
