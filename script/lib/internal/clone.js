// Copyright 2026 The duplex authors. MIT license.

// structuredClone.

'use strict';

const { DOMException } = require('internal/dom_exception');
const { decorate } = require('internal/errors');
const { isShared } = require('internal/sharing');

const errors = { __proto__: null, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError };
const views = [Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array, Float32Array,
  Float64Array, BigInt64Array, BigUint64Array];
const refused = new Set(['WeakMap', 'WeakSet', 'WeakRef', 'Promise', 'Generator', 'FinalizationRegistry']);

const tag = (value) => Object.prototype.toString.call(value).slice(8, -1);

// isWebAssembly reports whether value is of a class of WebAssembly's, without a look at
// that for a value that cannot be.
function isWebAssembly(value) {
  const kind = /^WebAssembly\.(Module|Instance|Memory|Table|Global)$/.exec(tag(value));
  return kind !== null && value instanceof WebAssembly[kind[1]];
}

function refuse(what) {
  return new DOMException(`${what} could not be cloned.`, 'DataCloneError');
}

function shown(value) {
  return `#<${(value.constructor && value.constructor.name) || 'Object'}>`;
}

function invalid(code, message) {
  const error = new TypeError(message);
  error.code = code;
  decorate(error, `TypeError [${code}]`);
  return error;
}

// Fills copy, which seen knows already, with the own properties of value.
function properties(value, copy, seen) {
  for (const key of Object.keys(value)) copy[key] = clone(value[key], seen);
  return copy;
}

function clone(value, seen) {
  switch (typeof value) {
    case 'symbol': throw refuse(String(value));
    case 'function': throw refuse(Function.prototype.toString.call(value));
    case 'object': if (value !== null) break; // fall through
    default: return value;
  }
  if (seen.has(value)) return seen.get(value);
  const keep = (copy) => {
    seen.set(value, copy);
    return copy;
  };
  if (isWebAssembly(value)) {
    if (value instanceof WebAssembly.Module) return keep(value);
    throw refuse(shown(value));
  }
  if (Array.isArray(value)) return properties(value, keep(new Array(value.length)), seen);
  if (ArrayBuffer.isView(value)) return cloneView(value, keep, seen);
  if (value instanceof Date) return keep(new Date(value.getTime()));
  if (value instanceof RegExp) return keep(new RegExp(value.source, value.flags));
  if (isShared(value)) return keep(value); // whose bytes are the same
  if (value instanceof ArrayBuffer) {
    if (isDetached(value)) throw new DOMException('An ArrayBuffer is detached and could not be cloned.', 'DataCloneError');
    return keep(value.slice(0));
  }
  if (value instanceof Map) {
    const copy = keep(new Map());
    for (const [key, one] of [...value]) copy.set(clone(key, seen), clone(one, seen));
    return copy;
  }
  if (value instanceof Set) {
    const copy = keep(new Set());
    for (const one of [...value]) copy.add(clone(one, seen));
    return copy;
  }
  if (value instanceof Error) return cloneError(value, keep, seen);
  for (const Wrapper of [Number, String, Boolean, BigInt]) {
    if (value instanceof Wrapper) return keep(Object(Wrapper.prototype.valueOf.call(value)));
  }
  if (value instanceof Symbol) throw refuse('#<Symbol>');
  if (refused.has(tag(value))) throw refuse(shown(value));
  return properties(value, keep({}), seen);
}

function cloneView(value, keep, seen) {
  const buffer = clone(value.buffer, seen);
  if (value instanceof DataView) return keep(new DataView(buffer, value.byteOffset, value.byteLength));
  const Kind = views.find((one) => value instanceof one);
  return keep(new Kind(buffer, value.byteOffset, value.length));
}

function cloneError(value, keep, seen) {
  const Kind = errors[value.name] || Error;
  const copy = keep(new Kind());
  for (const key of ['stack', 'message', 'cause']) {
    const has = Object.getOwnPropertyDescriptor(value, key);
    if (!has) delete copy[key];
    else Object.defineProperty(copy, key, { value: clone(value[key], seen), writable: true, configurable: true });
  }
  return copy;
}

function isDetached(buffer) {
  try {
    new Uint8Array(buffer);
    return false;
  } catch {
    return true;
  }
}

exports.structuredClone = function structuredClone(...args) {
  if (args.length === 0) throw invalid('ERR_MISSING_ARGS', 'The value argument must be specified');
  const [value, options] = args;
  if (options !== undefined && options !== null && typeof options !== 'object' && typeof options !== 'function') {
    throw invalid('ERR_INVALID_ARG_TYPE', 'The options argument must be either an object or undefined');
  }
  let transfer = options?.transfer ?? [];
  if (typeof transfer !== 'object' || typeof transfer[Symbol.iterator] !== 'function') {
    throw invalid('ERR_INVALID_ARG_TYPE', 'Optional transferList argument must be an iterable');
  }
  transfer = [...transfer];
  if (!transfer.every((one) => one instanceof ArrayBuffer)) {
    throw invalid('ERR_INVALID_TRANSFER_OBJECT', 'Found invalid object in transferList');
  }
  const copy = clone(value, new Map());
  for (const buffer of transfer) binding('language').detach(buffer);
  return copy;
};
