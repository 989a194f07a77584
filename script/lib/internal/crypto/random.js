// Copyright 2026 The duplex authors. MIT license.

// Random bytes and numbers, and primes.

'use strict';

const { codes } = require('internal/errors');
const { validateBoolean, validateFunction, validateInt32, validateNumber, validateObject } = require('internal/validators');
const { call, later, isBuffer, arrayBuffer } = require('internal/crypto/util');

const most = 2 ** 31 - 1;

const view = (buffer, offset = 0, size = buffer.byteLength - offset) =>
  (ArrayBuffer.isView(buffer) ? new Uint8Array(buffer.buffer, buffer.byteOffset + offset, size) : new Uint8Array(buffer, offset, size));

function checkOffset(offset, unit, length) {
  validateNumber(offset, 'offset');
  offset *= unit;
  if (Number.isNaN(offset) || offset > Math.min(length, most) || offset < 0) {
    throw new codes.ERR_OUT_OF_RANGE('offset', `>= 0 && <= ${Math.min(length, most)}`, offset);
  }
  return offset >>> 0;
}

function checkSize(size, unit, offset, length) {
  validateNumber(size, 'size');
  size *= unit;
  if (Number.isNaN(size) || size > most || size < 0) throw new codes.ERR_OUT_OF_RANGE('size', `>= 0 && <= ${most}`, size);
  if (size + offset > length) throw new codes.ERR_OUT_OF_RANGE('size + offset', `<= ${length}`, size + offset);
  return size >>> 0;
}

function randomBytes(size, callback) {
  validateNumber(size, 'size');
  if (!(size >= 0 && size <= most)) throw new codes.ERR_OUT_OF_RANGE('size', `>= 0 && <= ${most}`, size);
  if (callback !== undefined) validateFunction(callback, 'callback');
  if (callback === undefined) return call('random.bytes', size >>> 0);
  later('random.bytes', (error, bytes) => callback(null, bytes), size >>> 0);
}

function checkBuffer(buffer) {
  if (!isBuffer(buffer)) throw new codes.ERR_INVALID_ARG_TYPE('buf', ['ArrayBuffer', 'ArrayBufferView'], buffer);
  return buffer.BYTES_PER_ELEMENT || 1;
}

function randomFillSync(buffer, offset = 0, size) {
  const unit = checkBuffer(buffer);
  offset = checkOffset(offset, unit, buffer.byteLength);
  size = size === undefined ? buffer.byteLength - offset : checkSize(size, unit, offset, buffer.byteLength);
  if (size > 0) call('random.fill', view(buffer, offset, size));
  return buffer;
}

function randomFill(buffer, offset, size, callback) {
  const unit = checkBuffer(buffer);
  if (typeof offset === 'function') {
    callback = offset;
    offset = 0;
    size = buffer.byteLength;
  } else if (typeof size === 'function') {
    callback = size;
    size = buffer.byteLength - offset;
  } else {
    validateFunction(callback, 'callback');
  }
  offset = checkOffset(offset, unit, buffer.byteLength);
  size = size === undefined || size === buffer.byteLength ? buffer.byteLength - offset : checkSize(size, unit, offset, buffer.byteLength);
  later('random.bytes', (error, bytes) => {
    if (buffer.byteLength >= offset + size) view(buffer, offset, size).set(bytes); // or it was detached meanwhile
    callback(null, buffer);
  }, size);
}

const range48 = 2 ** 48 - 1;

function randomInt(min, max, callback) {
  const onlyMax = max === undefined || typeof max === 'function';
  if (onlyMax) {
    callback = max;
    max = min;
    min = 0;
  }
  if (callback !== undefined) validateFunction(callback, 'callback');
  if (!Number.isSafeInteger(min)) throw new codes.ERR_INVALID_ARG_TYPE('min', 'a safe integer', min);
  if (!Number.isSafeInteger(max)) throw new codes.ERR_INVALID_ARG_TYPE('max', 'a safe integer', max);
  if (max <= min) throw new codes.ERR_OUT_OF_RANGE('max', `greater than the value of "min" (${min})`, max);
  const range = max - min;
  if (!(range <= range48)) throw new codes.ERR_OUT_OF_RANGE(onlyMax ? 'max' : 'max - min', `<= ${range48}`, range);
  const limit = range48 - (range48 % range);
  const pick = () => {
    let n;
    do n = call('random.bytes', 6).readUIntBE(0, 6); while (n >= limit);
    return (n % range) + min;
  };
  if (callback === undefined) return pick();
  process.nextTick(callback, undefined, pick());
}

function randomUUID(options) {
  if (options !== undefined) {
    validateObject(options, 'options');
    if (options.disableEntropyCache !== undefined) validateBoolean(options.disableEntropyCache, 'options.disableEntropyCache');
  }
  const bytes = call('random.bytes', 16);
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

const integers = new Set(['Int8Array', 'Uint8Array', 'Uint8ClampedArray', 'Int16Array', 'Uint16Array', 'Int32Array', 'Uint32Array',
  'BigInt64Array', 'BigUint64Array']);
const kind = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag).get;

function getRandomValues(data) {
  const { DOMException } = require('internal/dom_exception');
  if (!integers.has(kind.call(data))) throw new DOMException('The data argument must be an integer-type TypedArray', 'TypeMismatchError');
  if (data.byteLength > 65536) {
    throw new DOMException(`The requested length exceeds 65,536 bytes`, 'QuotaExceededError');
  }
  if (data.byteLength > 0) call('random.fill', view(data));
  return data;
}

const isPrimeSource = (value) => typeof value === 'bigint' || isBuffer(value);

function checkedCandidate(candidate, options) {
  if (!isPrimeSource(candidate)) {
    throw new codes.ERR_INVALID_ARG_TYPE('candidate', ['ArrayBuffer', 'TypedArray', 'Buffer', 'DataView', 'bigint'], candidate);
  }
  if (typeof candidate === 'bigint' && candidate < 0n) throw new codes.ERR_OUT_OF_RANGE('candidate', '>= 0', candidate);
  validateObject(options, 'options');
  const { checks = 0 } = options;
  validateInt32(checks, 'options.checks', 0);
  return checks;
}

function checkPrime(candidate, options = {}, callback) {
  if (typeof options === 'function') {
    callback = options;
    options = {};
  }
  validateFunction(callback, 'callback');
  const checks = checkedCandidate(candidate, options);
  later('prime.check', (error, result) => callback(error, result), candidate, checks);
}

const checkPrimeSync = (candidate, options = {}) => call('prime.check', candidate, checkedCandidate(candidate, options));

function primeArguments(size, options) {
  validateInt32(size, 'size', 1);
  validateObject(options, 'options');
  const { safe = false, bigint = false } = options;
  let { add, rem } = options;
  validateBoolean(safe, 'options.safe');
  validateBoolean(bigint, 'options.bigint');
  for (const [value, name] of [[add, 'add'], [rem, 'rem']]) {
    if (value === undefined) continue;
    if (typeof value === 'bigint' && value < 0n) throw new codes.ERR_OUT_OF_RANGE(`options.${name}`, '>= 0', value);
    if (!isPrimeSource(value)) {
      throw new codes.ERR_INVALID_ARG_TYPE(`options.${name}`, ['ArrayBuffer', 'TypedArray', 'Buffer', 'DataView', 'bigint'], value);
    }
  }
  const number = (value) => (value === undefined || typeof value === 'bigint' ? value : BigInt(`0x0${Buffer.from(view(value)).toString('hex')}`));
  add = number(add);
  rem = number(rem);
  if (add !== undefined) {
    if (add.toString(2).length > size) throw new codes.ERR_OUT_OF_RANGE('options.add', 'invalid options.add');
    if (rem !== undefined && add <= rem) throw new codes.ERR_OUT_OF_RANGE('options.rem', 'invalid options.rem');
  }
  const result = (bytes) => (bigint ? BigInt(`0x${bytes.toString('hex')}`) : arrayBuffer(bytes));
  return { result, args: [size, safe, add, rem] };
}

function generatePrime(size, options, callback) {
  if (typeof options === 'function') {
    callback = options;
    options = {};
  }
  validateFunction(callback, 'callback');
  const { result, args } = primeArguments(size, options ?? {});
  later('prime.generate', (error, bytes) => callback(error, error ? undefined : result(bytes)), ...args);
}

function generatePrimeSync(size, options = {}) {
  const { result, args } = primeArguments(size, options);
  return result(call('prime.generate', ...args));
}

module.exports = {
  randomBytes, randomFillSync, randomFill, randomInt, randomUUID, getRandomValues, checkPrime, checkPrimeSync, generatePrime, generatePrimeSync,
};
