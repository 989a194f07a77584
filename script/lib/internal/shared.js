// Copyright 2026 The duplex authors. MIT license.

// SharedArrayBuffer and Atomics, for one thread: a shared buffer is an ArrayBuffer of
// another class, and each operation is atomic because nobody else is there.

'use strict';

const { share, isShared } = require('internal/sharing');

const { get: byteLength } = Object.getOwnPropertyDescriptor(ArrayBuffer.prototype, 'byteLength');
const { slice } = ArrayBuffer.prototype;

function check(value, name) {
  if (isShared(value)) return;
  const receiver = typeof value === 'object' && value !== null ? `#<${value.constructor?.name ?? 'Object'}>` : String(value);
  throw new TypeError(`Method ${name} called on incompatible receiver ${receiver}`);
}

function SharedArrayBuffer(length) {
  if (new.target === undefined) throw new TypeError("Constructor SharedArrayBuffer requires 'new'");
  const { prototype } = new.target;
  return share(new ArrayBuffer(length), typeof prototype === 'object' && prototype !== null ? prototype : SharedArrayBuffer.prototype);
}
const methods = {
  get byteLength() {
    check(this, 'get SharedArrayBuffer.prototype.byteLength');
    return byteLength.call(this);
  },
  slice(from, to) {
    check(this, 'SharedArrayBuffer.prototype.slice');
    return share(slice.call(this, from, to), SharedArrayBuffer.prototype);
  },
  get maxByteLength() {
    check(this, 'get SharedArrayBuffer.prototype.maxByteLength');
    return byteLength.call(this);
  },
  get growable() {
    check(this, 'get SharedArrayBuffer.prototype.growable');
    return false;
  },
};
for (const name of Object.keys(methods)) {
  Object.defineProperty(SharedArrayBuffer.prototype, name, { ...Object.getOwnPropertyDescriptor(methods, name), enumerable: false });
}
Object.defineProperty(SharedArrayBuffer.prototype, Symbol.toStringTag, { value: 'SharedArrayBuffer', configurable: true });
Object.defineProperty(SharedArrayBuffer, 'prototype', { writable: false });
Object.defineProperty(SharedArrayBuffer, Symbol.species, { get: Object.getOwnPropertyDescriptor(ArrayBuffer, Symbol.species).get, configurable: true });

const { get: kind } = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag);
const integers = new Set(['Int8Array', 'Uint8Array', 'Int16Array', 'Uint16Array', 'Int32Array', 'Uint32Array', 'BigInt64Array', 'BigUint64Array']);

function describe(value) {
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) return '[object Array]';
  return ArrayBuffer.isView(value) ? `[object ${kind.call(value) ?? 'DataView'}]` : '#<Object>';
}

// place returns where an index leads to in an array of integers.
function place(array, index, allowed = integers, what = 'an integer typed array.') {
  const name = typeof array === 'object' && array !== null ? kind.call(array) : undefined;
  if (!allowed.has(name)) throw new TypeError(`${describe(array)} is not ${what}`);
  const at = Math.trunc(Number(index)) || 0;
  if (at < 0 || at >= array.length) throw new RangeError('Invalid atomic access index');
  return at;
}

// converted makes of a value what the array's elements are made of.
function converted(array, value) {
  if (!kind.call(array).startsWith('Big')) return Math.trunc(Number(value)) || 0;
  if (typeof value === 'number') throw new TypeError(`Cannot convert ${value} to a BigInt`);
  return BigInt(value);
}

function update(array, index, value, change) {
  const at = place(array, index);
  const given = converted(array, value);
  const old = array[at];
  array[at] = change(old, given);
  return old;
}

const waitable = new Set(['Int32Array', 'BigInt64Array']);
const native = binding('language');
const Atomics = {};
const operations = {
  add: (array, index, value) => update(array, index, value, (a, b) => a + b),
  and: (array, index, value) => update(array, index, value, (a, b) => a & b),
  compareExchange(array, index, expected, replacement) {
    const at = place(array, index);
    const [wanted, made] = [converted(array, expected), converted(array, replacement)];
    const old = array[at];
    const as = new array.constructor(1);
    as[0] = wanted;
    if (old === as[0]) array[at] = made;
    return old;
  },
  exchange: (array, index, value) => update(array, index, value, (_, b) => b),
  isLockFree: (size) => [1, 2, 4, 8].includes(Math.trunc(Number(size))),
  load: (array, index) => array[place(array, index)],
  notify(array, index, count) {
    place(array, index, waitable, 'an int32 or BigInt64 typed array.');
    if (count !== undefined) Number(count);
    return 0;
  },
  or: (array, index, value) => update(array, index, value, (a, b) => a | b),
  store(array, index, value) {
    const at = place(array, index);
    const given = converted(array, value);
    array[at] = given;
    return given;
  },
  sub: (array, index, value) => update(array, index, value, (a, b) => a - b),
  wait(array, index, value, timeout) {
    const at = place(array, index, waitable, 'an int32 or BigInt64 typed array.');
    if (!isShared(array.buffer)) throw new TypeError(`${describe(array)} is not a shared typed array.`);
    const expected = converted(array, value);
    const given = timeout === undefined ? NaN : Number(timeout);
    if (array[at] !== expected) return 'not-equal';
    native.sleep(Number.isNaN(given) ? Infinity : Math.max(given, 0));
    return 'timed-out';
  },
  xor: (array, index, value) => update(array, index, value, (a, b) => a ^ b),
};
const lengths = { isLockFree: 1, load: 2, compareExchange: 4, wait: 4 };
for (const name of Object.keys(operations)) {
  const value = operations[name];
  Object.defineProperty(value, 'length', { value: lengths[name] ?? 3 });
  Object.defineProperty(Atomics, name, { value, writable: true, enumerable: false, configurable: true });
}
Object.defineProperty(Atomics, Symbol.toStringTag, { value: 'Atomics', configurable: true });

exports.SharedArrayBuffer = SharedArrayBuffer;
exports.Atomics = Atomics;
