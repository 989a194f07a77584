// Copyright 2026 The duplex authors. MIT license.

// Digests and HMACs.

'use strict';

const { codes } = require('internal/errors');
const { validateString, validateUint32 } = require('internal/validators');
const { call, data, encoded, held, kNative, kHandle, LazyTransform, inherit } = require('internal/crypto/util');

const kState = Symbol('kState');
const kFinalized = Symbol('kFinalized');

function Hash(algorithm, options) {
  if (!new.target) return new Hash(algorithm, options);
  const copied = algorithm instanceof Hash;
  if (!copied) validateString(algorithm, 'algorithm');
  const length = typeof options === 'object' && options !== null ? options.outputLength : undefined;
  if (length !== undefined) validateUint32(length, 'options.outputLength');
  this[kHandle] = held('Hash', copied ? call('hash.copy', algorithm[kHandle][kNative], length) : call('hash', algorithm, length));
  this[kState] = { [kFinalized]: false };
  LazyTransform.call(this, options);
}
inherit(Hash, LazyTransform);

Hash.prototype.copy = function copy(options) {
  if (this[kState][kFinalized]) throw new codes.ERR_CRYPTO_HASH_FINALIZED();
  return new Hash(this, options);
};

Hash.prototype._transform = function _transform(chunk, encoding, callback) {
  call('hash.update', this[kHandle][kNative], data(chunk, encoding));
  callback();
};

Hash.prototype._flush = function _flush(callback) {
  this.push(call('hash.digest', this[kHandle][kNative]));
  callback();
};

Hash.prototype.update = function update(value, encoding) {
  if (this[kState][kFinalized]) throw new codes.ERR_CRYPTO_HASH_FINALIZED();
  call('hash.update', this[kHandle][kNative], data(value, encoding));
  return this;
};

const known = (encoding) => (encoding && Buffer.isEncoding(`${encoding}`) ? `${encoding}` : undefined);

Hash.prototype.digest = function digest(encoding) {
  if (this[kState][kFinalized]) throw new codes.ERR_CRYPTO_HASH_FINALIZED();
  this[kState][kFinalized] = true;
  return encoded(call('hash.digest', this[kHandle][kNative]), known(encoding));
};

function Hmac(algorithm, key, options) {
  if (!new.target) return new Hmac(algorithm, key, options);
  validateString(algorithm, 'hmac');
  const { secretBytes } = require('internal/crypto/keys');
  this[kHandle] = held('Hmac', call('hmac', algorithm, secretBytes(key, 'key', options?.encoding)));
  this[kState] = { [kFinalized]: false };
  LazyTransform.call(this, options);
}
inherit(Hmac, LazyTransform);

Hmac.prototype.update = Hash.prototype.update;

// Once more, it is nothing.
Hmac.prototype.digest = function digest(encoding) {
  const result = this[kState][kFinalized] ? Buffer.alloc(0) : call('hash.digest', this[kHandle][kNative]);
  this[kState][kFinalized] = true;
  return encoded(result, known(encoding));
};

Hmac.prototype._flush = Hash.prototype._flush;
Hmac.prototype._transform = Hash.prototype._transform;

// hash is a digest at once.
function hash(algorithm, input, outputEncoding = 'hex') {
  validateString(algorithm, 'algorithm');
  const p = data(input, 'utf8', 'input');
  if (outputEncoding !== 'hex') {
    validateString(outputEncoding, 'outputEncoding');
    if (outputEncoding === '') outputEncoding = 'utf8';
    if (outputEncoding !== 'buffer' && !Buffer.isEncoding(outputEncoding)) {
      throw new codes.ERR_INVALID_ARG_VALUE('outputEncoding', outputEncoding);
    }
  }
  if (!call('hash.known', algorithm)) throw new Error(`Digest method ${algorithm} is not supported`);
  return encoded(call('hash.once', algorithm, p), outputEncoding);
}

module.exports = { Hash, Hmac, hash };
