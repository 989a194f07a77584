// Copyright 2026 The duplex authors. MIT license.

// What V8 has and goja has not, as far as it can be had from outside.

'use strict';

for (const name of ['asyncIterator', 'dispose', 'asyncDispose']) {
  if (!Symbol[name]) {
    Object.defineProperty(Symbol, name, { value: Symbol('Symbol.' + name) });
  }
}

globalThis.queueMicrotask = function queueMicrotask(callback) {
  if (typeof callback !== 'function') {
    const { ERR_INVALID_ARG_TYPE } = require('internal/errors').codes;
    throw new ERR_INVALID_ARG_TYPE('callback', 'function', callback);
  }
  Promise.resolve().then(callback);
};
