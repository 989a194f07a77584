// Copyright 2026 The duplex authors. MIT license.

// Contexts that follow what is done later. Hooks are accepted and never called:
// nothing here makes resources as Node's core does.

'use strict';

const { ids } = require('internal/async_ids');
const { codes, define } = require('internal/errors');
const { validateFunction, validateString } = require('internal/validators');

define('ERR_INVALID_ASYNC_ID', RangeError, (name, value) => `Invalid ${name} value: ${value}`);
define('ERR_ASYNC_CALLBACK', TypeError, (name) => `${name} must be a function`);

const kAsyncId = Symbol('async_id_symbol');
const kTriggerId = Symbol('trigger_async_id_symbol');

// What runs now as its resource; outside of any, the script itself.
const root = {};
let running = root;

class AsyncResource {
  #context = ids.context;

  constructor(type, options = {}) {
    validateString(type, 'type');
    const trigger = typeof options === 'number' ? options : options.triggerAsyncId ?? ids.current;
    if (!Number.isSafeInteger(trigger) || trigger < -1) throw new codes.ERR_INVALID_ASYNC_ID('triggerAsyncId', trigger);
    this[kAsyncId] = ids.make();
    this[kTriggerId] = trigger;
  }

  runInAsyncScope(fn, thisArg, ...args) {
    const before = { current: ids.current, trigger: ids.trigger, context: ids.context };
    const outer = running;
    ids.current = this[kAsyncId];
    ids.trigger = this[kTriggerId];
    ids.context = this.#context;
    running = this;
    try {
      return Reflect.apply(fn, thisArg, args);
    } finally {
      Object.assign(ids, before);
      running = outer;
    }
  }

  emitDestroy() {
    return this;
  }

  asyncId() {
    return this[kAsyncId];
  }

  triggerAsyncId() {
    return this[kTriggerId];
  }

  bind(fn, thisArg) {
    validateFunction(fn, 'fn');
    const resource = this;
    const bound = thisArg === undefined ?
      function (...args) { return resource.runInAsyncScope(fn, this, ...args); } :
      (...args) => resource.runInAsyncScope(fn, thisArg, ...args);
    return Object.defineProperties(bound, {
      length: { value: fn.length, configurable: true },
      name: { value: 'bound ', configurable: true },
      asyncResource: { value: this, enumerable: true, configurable: true, writable: true },
    });
  }

  static bind(fn, type, thisArg) {
    return new AsyncResource(type || fn.name || 'bound-anonymous-fn').bind(fn, thisArg);
  }
}
Object.defineProperty(AsyncResource, 'length', { value: 1 });

class AsyncLocalStorage {
  constructor() {
    this.kResourceStore = Symbol('kResourceStore');
    this.enabled = false;
  }

  static bind(fn) {
    validateFunction(fn, 'fn');
    ids.track();
    return AsyncResource.bind(fn);
  }

  static snapshot() {
    return AsyncLocalStorage.bind((fn, ...args) => fn(...args));
  }

  #with(store) {
    ids.track();
    this.enabled = true;
    return new Map(ids.context).set(this, store);
  }

  getStore() {
    return this.enabled ? ids.context?.get(this) : undefined;
  }

  enterWith(store) {
    ids.context = this.#with(store);
  }

  run(store, callback, ...args) {
    const before = ids.context;
    ids.context = this.#with(store);
    try {
      return Reflect.apply(callback, null, args);
    } finally {
      ids.context = before;
    }
  }

  exit(callback, ...args) {
    if (!this.enabled) return Reflect.apply(callback, null, args);
    const before = ids.context;
    ids.context = new Map(before);
    ids.context.delete(this);
    try {
      return Reflect.apply(callback, null, args);
    } finally {
      ids.context = before;
    }
  }

  disable() {
    this.enabled = false;
  }
}

const events = ['init', 'before', 'after', 'destroy', 'promiseResolve'];
const kinds = events.map((name) => Symbol(name));

class AsyncHook {
  constructor(callbacks) {
    events.forEach((name, i) => {
      const callback = callbacks[name];
      if (callback !== undefined && typeof callback !== 'function') throw new codes.ERR_ASYNC_CALLBACK(`hook.${name}`);
      this[kinds[i]] = callback;
    });
  }

  enable() {
    return this;
  }

  disable() {
    return this;
  }
}

module.exports = {
  AsyncLocalStorage,
  createHook: function createHook(callbacks) { return new AsyncHook(callbacks); },
  executionAsyncId: function executionAsyncId() { return ids.current; },
  triggerAsyncId: function triggerAsyncId() { return ids.trigger; },
  executionAsyncResource: function executionAsyncResource() { return running; },
  asyncWrapProviders: Object.freeze({ __proto__: null, NONE: 0 }),
  AsyncResource,
};
