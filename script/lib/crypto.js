// Copyright 2026 The duplex authors. MIT license.

// Random numbers and digests.

'use strict';

const { codes, define } = require('internal/errors');
const { validateString, validateInteger, validateNumber, validateFunction } = require('internal/validators');
const native = binding('crypto');

define('ERR_CRYPTO_HASH_FINALIZED', Error, 'Digest already called');
define('ERR_CRYPTO_INVALID_DIGEST', TypeError, (name) => `Invalid digest: ${name}`);
define('ERR_CRYPTO_TIMING_SAFE_EQUAL_LENGTH', RangeError, 'Input buffers must have the same byte length');

function view(data, name, encoding) {
  if (typeof data === 'string') return Buffer.from(data, encoding);
  if (ArrayBuffer.isView(data) || data instanceof ArrayBuffer) return data;
  throw new codes.ERR_INVALID_ARG_TYPE(name, ['string', 'Buffer', 'TypedArray', 'DataView'], data);
}

const make = Symbol('make');

class Digest extends require('stream').Transform {
  constructor(handle, options) {
    super(options);
    Object.defineProperty(this, make, { value: { handle, over: false } });
  }

  update(data, encoding) {
    if (this[make].over) throw new codes.ERR_CRYPTO_HASH_FINALIZED();
    this[make].handle.update(view(data, 'data', encoding));
    return this;
  }

  digest(encoding) {
    if (this[make].over) throw new codes.ERR_CRYPTO_HASH_FINALIZED();
    this[make].over = true;
    const result = this[make].handle.digest();
    return encoding && encoding !== 'buffer' ? result.toString(encoding) : result;
  }

  _transform(chunk, encoding, callback) {
    this[make].handle.update(view(chunk, 'data', encoding));
    callback();
  }

  _flush(callback) {
    this.push(this[make].handle.digest());
    callback();
  }
}

class Hash extends Digest {
  copy() {
    if (this[make].over) throw new codes.ERR_CRYPTO_HASH_FINALIZED();
    return new Hash(this[make].handle.copy());
  }
}

class Hmac extends Digest {}

exports.createHash = function createHash(algorithm, options) {
  validateString(algorithm, 'algorithm');
  const handle = native.hash(algorithm);
  if (handle === undefined) {
    const error = new Error('Digest method not supported');
    error.code = 'ERR_OSSL_EVP_UNSUPPORTED';
    throw error;
  }
  return new Hash(handle, options);
};

exports.createHmac = function createHmac(algorithm, key, options) {
  validateString(algorithm, 'hmac');
  const handle = native.hash(algorithm, view(key, 'key'));
  if (handle === undefined) throw new codes.ERR_CRYPTO_INVALID_DIGEST(algorithm);
  return new Hmac(handle, options);
};

exports.hash = function hash(algorithm, data, encoding = 'hex') {
  return exports.createHash(algorithm).update(data).digest(encoding);
};

exports.getHashes = () => ['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512'];

exports.timingSafeEqual = function timingSafeEqual(a, b) {
  for (const [value, name] of [[a, 'buf1'], [b, 'buf2']]) {
    if (!ArrayBuffer.isView(value) && !(value instanceof ArrayBuffer)) {
      throw new codes.ERR_INVALID_ARG_TYPE(name, ['ArrayBuffer', 'Buffer', 'TypedArray', 'DataView'], value);
    }
  }
  if (a.byteLength !== b.byteLength) throw new codes.ERR_CRYPTO_TIMING_SAFE_EQUAL_LENGTH();
  return native.equal(a, b);
};

exports.randomBytes = function randomBytes(size, callback) {
  validateNumber(size, 'size', 0, 2 ** 31 - 1);
  if (callback !== undefined) validateFunction(callback, 'callback');
  const bytes = Buffer.alloc(size);
  native.random(bytes);
  if (callback === undefined) return bytes;
  setImmediate(callback, null, bytes);
};

exports.randomFillSync = function randomFillSync(buffer, offset = 0, size = buffer.byteLength - offset) {
  validateInteger(offset, 'offset', 0, buffer.byteLength);
  validateInteger(size, 'size', 0, buffer.byteLength - offset);
  native.random(ArrayBuffer.isView(buffer) ? new Uint8Array(buffer.buffer, buffer.byteOffset + offset, size) : new Uint8Array(buffer, offset, size));
  return buffer;
};

exports.randomFill = function randomFill(buffer, offset, size, callback) {
  const args = [buffer, offset, size, callback];
  callback = args.find((value) => typeof value === 'function');
  validateFunction(callback, 'callback');
  exports.randomFillSync(buffer, ...args.slice(1).filter((value) => typeof value === 'number'));
  setImmediate(callback, null, buffer);
};

exports.getRandomValues = (array) => exports.randomFillSync(array);

exports.randomInt = function randomInt(min, max, callback) {
  if (max === undefined || typeof max === 'function') [min, max, callback] = [0, min, max];
  for (const [value, name] of [[min, 'min'], [max, 'max']]) {
    if (!Number.isSafeInteger(value)) throw new codes.ERR_INVALID_ARG_TYPE(name, 'a safe integer', value);
  }
  if (max <= min) throw new codes.ERR_OUT_OF_RANGE('max', `greater than the value of "min" (${min})`, max);
  const range = max - min;
  if (range > 2 ** 48 - 1) throw new codes.ERR_OUT_OF_RANGE('max - min', `<= ${2 ** 48 - 1}`, range);
  const limit = 2 ** 48 - (2 ** 48 % range);
  let n;
  do n = exports.randomBytes(6).readUIntBE(0, 6); while (n >= limit);
  n = min + (n % range);
  if (callback === undefined) return n;
  process.nextTick(callback, undefined, n);
};

exports.randomUUID = function randomUUID() {
  const bytes = exports.randomBytes(16);
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
};

exports.webcrypto = { getRandomValues: exports.getRandomValues, randomUUID: exports.randomUUID };
Object.assign(exports, { Hash, Hmac });
