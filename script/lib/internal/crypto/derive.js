// Copyright 2026 The duplex authors. MIT license.

// Keys that are made of passwords and of other keys.

'use strict';

const { codes } = require('internal/errors');
const { validateFunction, validateInteger, validateInt32, validateString, validateUint32 } = require('internal/validators');
const { call, later, bytes, isBuffer, arrayBuffer } = require('internal/crypto/util');
const { isKeyObject, secretBytes } = require('internal/crypto/keys');

function pbkdf2Arguments(password, salt, iterations, keylen, digest) {
  validateString(digest, 'digest');
  password = bytes(password, 'password');
  salt = bytes(salt, 'salt');
  validateInt32(iterations, 'iterations', 1);
  validateInt32(keylen, 'keylen', 0);
  if (!call('hash.known', digest)) throw new codes.ERR_CRYPTO_INVALID_DIGEST(digest);
  return [password, salt, iterations, keylen, digest];
}

function pbkdf2(password, salt, iterations, keylen, digest, callback) {
  if (typeof digest === 'function') {
    callback = digest;
    digest = undefined;
  }
  const args = pbkdf2Arguments(password, salt, iterations, keylen, digest);
  validateFunction(callback, 'callback');
  later('pbkdf2', (error, key) => (error ? callback(error) : callback(null, key)), ...args);
}

const pbkdf2Sync = (password, salt, iterations, keylen, digest) =>
  call('pbkdf2', ...pbkdf2Arguments(password, salt, iterations, keylen, digest));

const defaults = { N: 16384, r: 8, p: 1, maxmem: 32 << 20 };
const longNames = { N: 'cost', r: 'blockSize', p: 'parallelization' };

function scryptArguments(password, salt, keylen, options) {
  password = bytes(password, 'password');
  salt = bytes(salt, 'salt');
  validateInt32(keylen, 'keylen', 0);
  const found = { ...defaults };
  if (options && options !== defaults) {
    for (const name of ['N', 'r', 'p']) {
      const long = longNames[name];
      const hasLong = options[long] !== undefined;
      if (options[name] !== undefined) {
        if (hasLong) throw new codes.ERR_CRYPTO_SCRYPT_INVALID_PARAMETER();
        validateUint32(options[name], name);
        found[name] = options[name];
      }
      if (hasLong) {
        validateUint32(options[long], long);
        found[name] = options[long];
      }
    }
    if (options.maxmem !== undefined) {
      validateInteger(options.maxmem, 'maxmem', 0);
      found.maxmem = options.maxmem;
    }
    for (const name of Object.keys(defaults)) if (found[name] === 0) found[name] = defaults[name];
  }
  const { N, r, p, maxmem } = found;
  call('scrypt.check', N, r, p, maxmem);
  return [password, salt, keylen, N, r, p];
}

function scrypt(password, salt, keylen, options, callback = defaults) {
  if (callback === defaults) {
    callback = options;
    options = defaults;
  }
  const args = scryptArguments(password, salt, keylen, options);
  validateFunction(callback, 'callback');
  later('scrypt', (error, key) => (error ? callback(error) : callback(null, key)), ...args);
}

const scryptSync = (password, salt, keylen, options = defaults) => call('scrypt', ...scryptArguments(password, salt, keylen, options));

const kinds = ['ArrayBuffer', 'TypedArray', 'DataView', 'Buffer'];

function part(value, name) {
  if (typeof value === 'string') return Buffer.from(value);
  if (isBuffer(value)) return value;
  throw new codes.ERR_INVALID_ARG_TYPE(name, ['string', ...kinds], value);
}

function hkdfArguments(hash, key, salt, info, length) {
  validateString(hash, 'digest');
  if (!isKeyObject(key)) {
    if (typeof key !== 'string' && !isBuffer(key)) {
      throw new codes.ERR_INVALID_ARG_TYPE('ikm', ['string', 'SecretKeyObject', ...kinds], key);
    }
    key = part(key, 'ikm');
  } else {
    key = secretBytes(key, 'ikm');
  }
  salt = part(salt, 'salt');
  info = part(info, 'info');
  validateInteger(length, 'length', 0, 2 ** 32);
  if (info.byteLength > 1024) throw new codes.ERR_OUT_OF_RANGE('info', 'must not contain more than 1024 bytes', info.byteLength);
  return [hash, key, salt, info, length];
}

function hkdf(hash, key, salt, info, length, callback) {
  const args = hkdfArguments(hash, key, salt, info, length);
  validateFunction(callback, 'callback');
  call('hkdf', ...args.slice(0, 4), Math.min(length, 0)); // throws what is wrong with the digest
  checkLength(hash, length);
  later('hkdf', (error, result) => (error ? callback(error) : callback(null, arrayBuffer(result))), ...args);
}

function checkLength(hash, length) {
  if (length > 255 * call('hash.once', hash, Buffer.alloc(0)).length) throw new codes.ERR_CRYPTO_INVALID_KEYLEN();
}

const hkdfSync = (hash, key, salt, info, length) => arrayBuffer(call('hkdf', ...hkdfArguments(hash, key, salt, info, length)));

module.exports = { pbkdf2, pbkdf2Sync, scrypt, scryptSync, hkdf, hkdfSync };
