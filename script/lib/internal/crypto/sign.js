// Copyright 2026 The duplex authors. MIT license.

// Signatures.

'use strict';

const { codes } = require('internal/errors');
const { validateFunction, validateString } = require('internal/validators');
const { Writable } = require('stream');
const { call, later, data, bytes, views, encoded, held, kNative, kHandle, worded, inherit } = require('internal/crypto/util');
const { privateKeyOf, publicKeyOf } = require('internal/crypto/keys');

function integerOption(options, name) {
  const value = options[name];
  if (value === undefined || value === value >> 0) return value;
  throw new codes.ERR_INVALID_ARG_VALUE(`options.${name}`, value);
}

// optionsOf returns padding, length of the salt and form of a signature.
function optionsOf(key) {
  if (typeof key !== 'object' || key === null) return [0, undefined, 'der'];
  const { dsaEncoding = 'der' } = key;
  const padding = integerOption(key, 'padding');
  const salt = integerOption(key, 'saltLength');
  if (dsaEncoding !== 'der' && dsaEncoding !== 'ieee-p1363') throw new codes.ERR_INVALID_ARG_VALUE('options.dsaEncoding', dsaEncoding);
  return [padding ?? 0, salt, dsaEncoding];
}

const kDigest = Symbol('kDigest');

function start(stream, algorithm, options) {
  validateString(algorithm, 'algorithm');
  if (!call('hash.known', algorithm)) throw worded(TypeError, 'ERR_CRYPTO_INVALID_DIGEST', 'Invalid digest');
  stream[kHandle] = held(stream.constructor.name, call('hash', algorithm));
  Object.defineProperty(stream, kDigest, { value: algorithm, writable: true });
  Writable.call(stream, options);
}

// finish ends the hash: it cannot go on.
function finish(stream) {
  const hash = stream[kHandle][kNative];
  if (stream[kDigest] === undefined) throw new codes.ERR_CRYPTO_INVALID_STATE('Not initialised');
  const digest = stream[kDigest];
  stream[kDigest] = undefined;
  return [hash, digest];
}

function Sign(algorithm, options) {
  if (!(this instanceof Sign)) return new Sign(algorithm, options);
  start(this, algorithm, options);
}
inherit(Sign, Writable);

Sign.prototype._write = function _write(chunk, encoding, callback) {
  this.update(chunk, encoding);
  callback();
};

Sign.prototype.update = function update(value, encoding) {
  const p = data(value, encoding);
  if (this[kDigest] === undefined) throw new codes.ERR_CRYPTO_INVALID_STATE('Not initialised');
  call('hash.update', this[kHandle][kNative], p);
  return this;
};

Sign.prototype.sign = function sign(options, encoding) {
  if (!options) throw new codes.ERR_CRYPTO_SIGN_KEY_REQUIRED();
  const key = privateKeyOf(options);
  const rest = optionsOf(options);
  const [hash, digest] = finish(this);
  return encoded(call('sign.hash', hash, key, digest, ...rest), encoding);
};

function Verify(algorithm, options) {
  if (!(this instanceof Verify)) return new Verify(algorithm, options);
  start(this, algorithm, options);
}
inherit(Verify, Writable);
Verify.prototype._write = Sign.prototype._write;
Verify.prototype.update = Sign.prototype.update;

Verify.prototype.verify = function verify(options, signature, encoding) {
  const key = publicKeyOf(options);
  const rest = optionsOf(options);
  signature = bytes(signature, 'signature', encoding);
  const [hash, digest] = finish(this);
  return call('verify.hash', hash, signature, key, digest, ...rest);
};

function signOneShot(algorithm, value, key, callback) {
  if (algorithm !== null && algorithm !== undefined) validateString(algorithm, 'algorithm');
  if (callback !== undefined) validateFunction(callback, 'callback');
  value = bytes(value, 'data');
  if (!key) throw new codes.ERR_CRYPTO_SIGN_KEY_REQUIRED();
  const rest = optionsOf(key);
  const args = [value, privateKeyOf(key), algorithm, ...rest];
  checkDigest(algorithm);
  if (callback === undefined) return call('sign', ...args);
  later('sign', (error, signature) => (error ? callback(error) : callback(null, signature)), ...args);
}

function verifyOneShot(algorithm, value, key, signature, callback) {
  if (algorithm !== null && algorithm !== undefined) validateString(algorithm, 'algorithm');
  if (callback !== undefined) validateFunction(callback, 'callback');
  value = bytes(value, 'data');
  if (!ArrayBuffer.isView(value)) throw new codes.ERR_INVALID_ARG_TYPE('data', views, value);
  if (key === undefined || key === null) throw new TypeError(`Cannot read properties of ${key} (reading 'padding')`);
  const rest = optionsOf(key);
  if (!ArrayBuffer.isView(signature)) throw new codes.ERR_INVALID_ARG_TYPE('signature', views, signature);
  const args = [value, signature, publicKeyOf(key), algorithm, ...rest];
  checkDigest(algorithm);
  if (callback === undefined) return call('verify', ...args);
  later('verify', (error, result) => (error ? callback(error) : callback(null, result)), ...args);
}

// checkDigest throws at once, also where the rest comes later.
function checkDigest(algorithm) {
  if (algorithm && !call('hash.known', algorithm)) throw new codes.ERR_CRYPTO_INVALID_DIGEST(algorithm);
}

module.exports = { Sign, Verify, signOneShot, verifyOneShot };
