// Copyright 2026 The duplex authors. MIT license.

// Deep equality, strict and loose.

'use strict';

const { kind } = binding('inspect');

const hasOwn = Object.prototype.hasOwnProperty;
const isEnumerable = Object.prototype.propertyIsEnumerable;
const tagOf = Object.prototype.toString;
const { isTypedArray } = require('util/types');

// A comparison knows the objects that it is within, so that circles end.
class Comparison {
  constructor(strict) {
    this.strict = strict;
    this.lefts = undefined;
    this.rights = undefined;
  }

  equal(a, b) {
    if (a === b) return a !== 0 || !this.strict || Object.is(a, b);
    const { strict } = this;
    if (strict) {
      if (typeof a !== 'object') return typeof a === 'number' && Number.isNaN(a) && Number.isNaN(b);
      if (typeof b !== 'object' || a === null || b === null) return false;
      if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
    } else {
      if (a === null || typeof a !== 'object') {
        return (b === null || typeof b !== 'object') && (a == b || (Number.isNaN(a) && Number.isNaN(b)));
      }
      if (b === null || typeof b !== 'object') return false;
    }
    if (tagOf.call(a) !== tagOf.call(b)) return false;
    if (Array.isArray(a)) {
      if (!Array.isArray(b) || a.length !== b.length) return false;
      const keys = otherKeys(a);
      return keys.length === otherKeys(b).length && this.within(a, b, keys, arraysEqual);
    }
    const of = kind(a);
    if (of !== kind(b) || Array.isArray(b)) return false;
    switch (of) {
      case 'Date':
        if (Date.prototype.getTime.call(a) !== Date.prototype.getTime.call(b)) return false;
        break;
      case 'RegExp':
        if (a.source !== b.source || a.flags !== b.flags || a.lastIndex !== b.lastIndex) return false;
        break;
      case 'Error':
        // What of these is enumerable is compared with the other properties.
        if ((!isEnumerable.call(a, 'message') && a.message !== b.message) || (!isEnumerable.call(a, 'name') && a.name !== b.name)) {
          return false;
        }
        for (const key of ['cause', 'errors']) {
          if (hasOwn.call(a, key) !== hasOwn.call(b, key)) return false;
          if (hasOwn.call(a, key) && !isEnumerable.call(a, key) && !this.equal(a[key], b[key])) return false;
        }
        break;
      case 'ArrayBuffer':
      case 'DataView':
        if (!bytesEqual(a, b)) return false;
        break;
      case 'TypedArray': {
        if (a.length !== b.length || !isTypedArray(b)) return false;
        if (!strict && tagOf.call(a).includes('Float') ? !floatsEqual(a, b) : !bytesEqual(a, b)) return false;
        const keys = otherKeys(a);
        return keys.length === otherKeys(b).length && this.within(a, b, keys, nothingMore);
      }
      case 'Set':
        if (a.size !== b.size) return false;
        return this.within(a, b, undefined, setsEqual);
      case 'Map':
        if (a.size !== b.size) return false;
        return this.within(a, b, undefined, mapsEqual);
      case 'Number':
      case 'String':
      case 'Boolean':
      case 'Symbol':
      case 'BigInt': {
        const { valueOf } = globalThis[of].prototype;
        if (!Object.is(valueOf.call(a), valueOf.call(b))) return false;
      }
    }
    return this.within(a, b, undefined, nothingMore);
  }

  // within compares the properties of a pair, and what is left to entries.
  within(a, b, keys, entries) {
    if (keys === undefined) {
      keys = Object.keys(a);
      if (keys.length !== Object.keys(b).length) return false;
    }
    for (const key of keys) if (!hasOwn.call(b, key) || !isEnumerable.call(b, key)) return false;
    if (this.strict) {
      const symbols = Object.getOwnPropertySymbols(a).filter((key) => isEnumerable.call(a, key));
      for (const key of symbols) if (!isEnumerable.call(b, key)) return false;
      if (symbols.length !== Object.getOwnPropertySymbols(b).filter((key) => isEnumerable.call(b, key)).length) return false;
      if (symbols.length > 0) keys = keys.concat(symbols);
    }
    if (keys.length === 0 && entries === nothingMore) return true;
    if (this.lefts === undefined) {
      this.lefts = new Set();
      this.rights = new Set();
    }
    const { lefts, rights } = this;
    const [left, right] = [lefts.has(a), rights.has(b)];
    if (left && right) return true;
    lefts.add(a);
    rights.add(b);
    const same = entries(this, a, b) && keys.every((key) => this.equal(a[key], b[key]));
    if (!left) lefts.delete(a);
    if (!right) rights.delete(b);
    return same;
  }
}

const nothingMore = () => true;

// otherKeys returns the enumerable keys of a list that are not its entries'.
function otherKeys(list) {
  const extra = binding('inspect').extras(list);
  if (extra.length === 0) return extra;
  return Object.keys(list).filter((key) => !/^(?:0|[1-9]\d*)$/.test(key));
}

function arraysEqual(comparison, a, b) {
  for (let i = 0; i < a.length; i++) {
    if (hasOwn.call(a, i)) {
      if (!hasOwn.call(b, i) || !comparison.equal(a[i], b[i])) {
        if (comparison.strict || hasOwn.call(b, i) || a[i] !== undefined) return false;
      }
    } else if (hasOwn.call(b, i)) {
      return false;
    }
  }
  return true;
}

function floatsEqual(a, b) {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

function bytesEqual(a, b) {
  if (a.byteLength !== b.byteLength) return false;
  const { Buffer } = require('buffer');
  const view = (x) => (ArrayBuffer.isView(x) ? Buffer.from(x.buffer, x.byteOffset, x.byteLength) : Buffer.from(x));
  return view(a).equals(view(b));
}

const isObject = (value) => typeof value === 'object' && value !== null;

// take finds what of others equals value, and takes it away.
function take(comparison, others, value) {
  for (const other of others) {
    if (comparison.equal(value, other)) {
      others.delete(other);
      return true;
    }
  }
  return false;
}

function setsEqual(comparison, a, b) {
  let objects;
  for (const value of a) {
    if (b.has(value)) continue;
    if (!isObject(value) && comparison.strict) return false;
    (objects ??= new Set()).add(value);
  }
  if (objects === undefined) return true;
  const others = new Set();
  for (const value of b) {
    if (a.has(value)) continue;
    if (!isObject(value) && comparison.strict) return false;
    others.add(value);
  }
  for (const value of objects) if (!take(comparison, others, value)) return false;
  return others.size === 0;
}

function mapsEqual(comparison, a, b) {
  let left;
  for (const [key, value] of a) {
    if (b.has(key) && (isObject(key) || comparison.equal(value, b.get(key)))) {
      if (isObject(key) && !comparison.equal(value, b.get(key))) return false;
      continue;
    }
    if (!isObject(key) && comparison.strict) return false;
    (left ??= []).push(key);
  }
  if (left === undefined) return true;
  const others = new Set();
  for (const key of b.keys()) if (!a.has(key) || left.includes(key)) others.add(key);
  return left.every((key) => {
    for (const other of others) {
      if (comparison.equal(key, other) && comparison.equal(a.get(key), b.get(other))) {
        others.delete(other);
        return true;
      }
    }
    return false;
  });
}

exports.isDeepEqual = (a, b) => new Comparison(false).equal(a, b);
exports.isDeepStrictEqual = (a, b) => new Comparison(true).equal(a, b);
