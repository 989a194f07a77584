// Copyright 2026 The duplex authors. MIT license.

// What the streams of the web have in common: queues, strategies, and how they refuse.

'use strict';

const { codes, define } = require('internal/errors');

const customInspect = Symbol.for('nodejs.util.inspect.custom');

define('ERR_INVALID_STATE', TypeError, (text) => `Invalid state: ${text}`);
define('ERR_MISSING_OPTION', TypeError, (name) => `${name} is required`);
define('ERR_ARG_NOT_ITERABLE', TypeError, (name) => `${name} must be iterable`);

exports.invalid = (text) => new codes.ERR_INVALID_STATE(text);
exports.missing = (name) => new codes.ERR_MISSING_OPTION(name);

// refused is the error of a value, which is a RangeError where Node's is.
exports.refused = function (name, value, Base = TypeError) {
  const error = new codes.ERR_INVALID_ARG_VALUE(name, value);
  if (Base === TypeError) return error;
  const other = new Base(error.message);
  other.code = error.code;
  require('internal/errors').decorate(other, `${Base.name} [${error.code}]`);
  return other;
};

exports.wrongType = (name, expected, value) => new codes.ERR_INVALID_ARG_TYPE(name, expected, value);

// check says that value is not a stream, controller or so of this kind.
exports.check = function (fits, kind) {
  if (!fits) throw new codes.ERR_INVALID_THIS(kind);
};

exports.isObject = (value) => (typeof value === 'object' && value !== null) || typeof value === 'function';

// dictionary returns the object that an argument is, which may be left out.
exports.dictionary = function (value, name, fallback = {}) {
  if (value === undefined || value === null) return fallback;
  if (!exports.isObject(value)) throw exports.wrongType(name, 'Object', value);
  return value;
};

// sizesOf returns what a strategy says.
exports.sizesOf = function (strategy, usual) {
  strategy = exports.dictionary(strategy, 'strategy');
  const { size } = strategy;
  let { highWaterMark = usual } = strategy;
  highWaterMark = +highWaterMark;
  if (Number.isNaN(highWaterMark) || highWaterMark < 0) {
    throw exports.refused('strategy.highWaterMark', strategy.highWaterMark, RangeError);
  }
  if (size !== undefined && typeof size !== 'function') throw exports.wrongType('strategy.size', 'function', size);
  return { highWaterMark, size: size === undefined ? () => 1 : (chunk) => size(chunk) };
};

// method returns a call of what an object may have under a name, which answers with a
// promise.
exports.method = function (object, name) {
  const f = object[name];
  if (f === undefined) return undefined;
  if (typeof f !== 'function') throw new TypeError('Bind must be called on a function');
  return async (...args) => f.apply(object, args);
};

exports.nothing = async () => {};

// quiet marks a promise whose failure is told elsewhere, too.
exports.quiet = function (promise) {
  promise.then(undefined, () => {});
  return promise;
};

exports.failed = (error) => exports.quiet(Promise.reject(error));

// A Deferred is a promise and the way to settle it.
exports.Deferred = class Deferred {
  constructor() {
    this.settled = false;
    this.promise = new Promise((resolve, reject) => {
      this.resolve = (value) => {
        this.settled = true;
        resolve(value);
      };
      this.reject = (error) => {
        this.settled = true;
        reject(error);
      };
    });
  }
};

// A Queue holds chunks and knows their size.
exports.Queue = class Queue {
  #entries = [];
  #head = 0;
  size = 0;

  get length() {
    return this.#entries.length - this.#head;
  }

  push(value, size) {
    size = +size;
    if (Number.isNaN(size) || size < 0 || size === Infinity) throw exports.refused('size', size, RangeError);
    this.#entries.push({ value, size });
    this.size += size;
  }

  peek() {
    return this.#entries[this.#head].value;
  }

  shift() {
    const { value, size } = this.#entries[this.#head];
    this.#entries[this.#head++] = undefined;
    if (this.#head === this.#entries.length || this.#head > 1024) {
      this.#entries.splice(0, this.#head);
      this.#head = 0;
    }
    this.size = Math.max(0, this.size - size);
    return value;
  }

  clear() {
    this.#entries = [];
    this.#head = 0;
    this.size = 0;
  }
};

// finish gives a class the looks of Node's: which of its names are listed, its tag, and
// what a console shows of an object.
exports.finish = function (Class, names, looks, tagged = true) {
  for (const name of names) Object.defineProperty(Class.prototype, name, { enumerable: true });
  if (tagged) Object.defineProperty(Class.prototype, Symbol.toStringTag, { value: Class.name, configurable: true });
  Object.defineProperty(Class.prototype, customInspect, {
    value(depth, options) {
      if (depth < 0) return this;
      const { inspect } = require('internal/inspect');
      const inner = { ...options, depth: options.depth == null ? null : options.depth - 1 };
      return `${this.constructor.name} ${inspect(looks.call(this), inner)}`;
    },
    writable: true,
    configurable: true,
  });
};

function strategy(name, size) {
  const Class = {
    [name]: class {
      #highWaterMark;

      constructor(init) {
        if (!exports.isObject(init)) throw exports.wrongType('init', 'Object', init);
        if (init.highWaterMark === undefined) throw exports.missing('init.highWaterMark');
        this.#highWaterMark = +init.highWaterMark;
      }

      get highWaterMark() {
        exports.check(#highWaterMark in this, name);
        return this.#highWaterMark;
      }

      get size() {
        exports.check(#highWaterMark in this, name);
        return size;
      }
    },
  }[name];
  exports.finish(Class, ['highWaterMark', 'size'], function () {
    return { highWaterMark: this.highWaterMark };
  });
  return Class;
}

exports.CountQueuingStrategy = strategy('CountQueuingStrategy', Object.defineProperty(() => 1, 'name', { value: 'size' }));
exports.ByteLengthQueuingStrategy = strategy('ByteLengthQueuingStrategy', Object.defineProperty((chunk) => chunk.byteLength, 'name', { value: 'size' }));
