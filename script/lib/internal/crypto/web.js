// Copyright 2026 The duplex authors. MIT license.

// The web's cryptography: crypto and crypto.subtle.

'use strict';

const { codes } = require('internal/errors');
const { call, promised, arrayBuffer } = require('internal/crypto/util');
const { CryptoKey, nativeOf, secretBytes, kKeyObject } = require('internal/crypto/keys');
const { normalize, convert, failure, operationFailure, copied, isBuffer } = require('internal/crypto/web_algorithm');
const { generate, importKey, exportKey, lengthOf } = require('internal/crypto/web_keys');
const random = require('internal/crypto/random');

const nativeKey = (key) => nativeOf(key[kKeyObject]);
const secret = (key) => secretBytes(key, 'key');

// result is what an operation gives, as an ArrayBuffer; it says no more of a fault than
// that there was one.
async function result(promise) {
  let found;
  try {
    found = await promise;
  } catch {
    throw operationFailure();
  }
  return typeof found === 'boolean' ? found : arrayBuffer(found);
}

const invalidKey = () => failure('The requested operation is not valid for the provided key', 'InvalidAccessError');

async function encipher(algorithm, key, data, encrypt, usage = encrypt ? 'encrypt' : 'decrypt') {
  if (algorithm.name !== key.algorithm.name || !key.usages.includes(usage)) throw invalidKey();
  const { name } = algorithm;
  const bits = key.algorithm.length;
  switch (name) {
    case 'RSA-OAEP': {
      if (key.type !== (encrypt ? 'public' : 'private')) throw invalidKey();
      const label = algorithm.label === undefined ? undefined : copied(algorithm.label);
      return result(promised(encrypt ? 'rsa.publicEncrypt' : 'rsa.privateDecrypt', nativeKey(key), data, 4, key.algorithm.hash.name, label));
    }
    case 'AES-CBC':
      if (algorithm.iv.byteLength !== 16) throw operationFailure('algorithm.iv must contain exactly 16 bytes');
      return result(promised('cipher.once', `aes-${bits}-cbc`, secret(key), algorithm.iv, data, undefined, 0, encrypt));
    case 'AES-GCM': {
      const { iv, additionalData, tagLength = 128 } = algorithm;
      if (![32, 64, 96, 104, 112, 120, 128].includes(tagLength)) throw operationFailure(`${tagLength} is not a valid AES-GCM tag length`);
      if (!encrypt && data.byteLength < tagLength / 8) throw operationFailure('The provided data is too small.');
      return result(promised('cipher.once', `aes-${bits}-gcm`, secret(key), iv, data, additionalData, tagLength / 8, encrypt));
    }
    case 'AES-KW':
      return result(promised('cipher.once', `aes${bits}-wrap`, secret(key), Buffer.alloc(8, 0xa6), data, undefined, 0, encrypt));
    default:
      return counting(algorithm, key, data);
  }
}

// counting is AES-CTR, of whose counter only the last bits count.
async function counting({ counter, length }, key, data) {
  if (counter.byteLength !== 16) throw operationFailure('algorithm.counter must contain exactly 16 bytes');
  if (length === 0 || length > 128) throw operationFailure('AES-CTR algorithm.length must be between 1 and 128');
  const all = 1n << BigInt(length);
  const start = BigInt(`0x${copied(counter).toString('hex')}`);
  if (BigInt(Math.ceil(data.byteLength / 16)) > all) throw operationFailure();
  const name = `aes-${key.algorithm.length}-ctr`;
  const left = Number((all - (start % all)) * 16n); // bytes until the counter goes around
  const part = (from, at) => promised('cipher.once', name, secret(key), Buffer.from(from.toString(16).padStart(32, '0'), 'hex'), at, undefined, 0, true);
  const first = await part(start, data.subarray(0, Math.min(left, data.byteLength)));
  if (left >= data.byteLength) return arrayBuffer(first);
  return arrayBuffer(Buffer.concat([first, await part(start - (start % all), data.subarray(left))]));
}

function signature(algorithm, key, usage) {
  if (!key.usages.includes(usage)) throw failure(`Unable to use this key to ${usage}`, 'InvalidAccessError');
  if (algorithm.name !== key.algorithm.name) throw failure(`Unable to use this key to ${usage}`, 'InvalidAccessError');
  const native = nativeKey(key);
  switch (algorithm.name) {
    case 'RSASSA-PKCS1-v1_5': return [native, key.algorithm.hash.name, 1];
    case 'RSA-PSS': return [native, key.algorithm.hash.name, 6, algorithm.saltLength];
    case 'ECDSA': return [native, algorithm.hash.name, 0, undefined, 'ieee-p1363'];
    default: return [native, null, 0];
  }
}

async function derive(algorithm, key, length) {
  const { name } = algorithm;
  if (name === 'ECDH' || name === 'X25519') return agree(algorithm, key, length);
  if (length === null) throw operationFailure('length cannot be null');
  if (length % 8 !== 0) throw operationFailure('length must be a multiple of 8');
  const hash = algorithm.hash.name;
  const salt = copied(algorithm.salt);
  if (name === 'HKDF') {
    return result(promised('hkdf', hash, secret(key), salt, copied(algorithm.info), length / 8));
  }
  if (algorithm.iterations === 0) throw operationFailure('iterations cannot be zero');
  return result(promised('pbkdf2', secret(key), salt, algorithm.iterations, length / 8, hash));
}

async function agree(algorithm, key, length) {
  const other = algorithm.public;
  const wrong = (message) => failure(message, 'InvalidAccessError');
  if (other.type !== 'public') throw wrong('algorithm.public must be a public key');
  if (key.type !== 'private') throw wrong('baseKey must be a private key');
  if (other.algorithm.name !== key.algorithm.name) throw wrong(`The public and private keys must be of the same type`);
  if (other.algorithm.namedCurve !== key.algorithm.namedCurve) throw wrong('Named curve mismatch');
  const found = await result(promised('exchange', nativeKey(key), nativeKey(other)));
  if (length === null) return found;
  const size = length / 8;
  if (found.byteLength < size) throw operationFailure('derived bit length is too small');
  return found.slice(0, Math.ceil(size));
}

function checkDerive(algorithm, key, usage) {
  if (!key.usages.includes(usage)) throw failure(`baseKey does not have ${usage} usage`, 'InvalidAccessError');
  if (key.algorithm.name !== algorithm.name) throw failure('Key algorithm mismatch', 'InvalidAccessError');
}

const forSubtle = Symbol('SubtleCrypto');

class SubtleCrypto {
  constructor(token) {
    if (token !== forSubtle) throw new codes.ERR_ILLEGAL_CONSTRUCTOR();
    Object.defineProperty(this, forSubtle, { value: true });
  }

  async encrypt(...args) {
    const [algorithm, key, data] = convert(this, 'encrypt', args, ['algorithm', 'key', 'bytes']);
    return encipher(normalize(algorithm, 'encrypt'), key, data, true);
  }

  async decrypt(...args) {
    const [algorithm, key, data] = convert(this, 'decrypt', args, ['algorithm', 'key', 'bytes']);
    return encipher(normalize(algorithm, 'decrypt'), key, data, false);
  }

  async sign(...args) {
    const [algorithm, key, data] = convert(this, 'sign', args, ['algorithm', 'key', 'bytes']);
    const known = signature(normalize(algorithm, 'sign'), key, 'sign');
    if (key.algorithm.name === 'HMAC') return result(promised('hmac.once', key.algorithm.hash.name, secret(key), data));
    return result(promised('sign', data, ...known));
  }

  async verify(...args) {
    const [algorithm, key, sum, data] = convert(this, 'verify', args, ['algorithm', 'key', 'bytes', 'bytes']);
    const known = signature(normalize(algorithm, 'verify'), key, 'verify');
    if (key.algorithm.name !== 'HMAC') return result(promised('verify', data, sum, ...known));
    const made = await promised('hmac.once', key.algorithm.hash.name, secret(key), data);
    return made.byteLength === sum.byteLength && call('equal', made, sum);
  }

  async digest(...args) {
    const [algorithm, data] = convert(this, 'digest', args, ['algorithm', 'bytes']);
    return result(promised('hash.once', normalize(algorithm, 'digest').name, data));
  }

  async generateKey(...args) {
    const [algorithm, extractable, usages] = convert(this, 'generateKey', args, ['algorithm', 'boolean', 'usages']);
    return generate(normalize(algorithm, 'generateKey'), extractable, usages);
  }

  async deriveKey(...args) {
    const [algorithm, key, wanted, extractable, usages] =
      convert(this, 'deriveKey', args, ['algorithm', 'key', 'algorithm', 'boolean', 'usages']);
    const from = normalize(algorithm, 'deriveBits');
    const known = normalize(wanted, 'importKey');
    checkDerive(from, key, 'deriveKey');
    const bits = await derive(from, key, lengthOf(normalize(wanted, 'get key length')));
    return importKey('raw', bits, known, extractable, usages);
  }

  async deriveBits(...args) {
    const [algorithm, key, length = null] = convert(this, 'deriveBits', args, ['algorithm', 'key', 'length']);
    const from = normalize(algorithm, 'deriveBits');
    checkDerive(from, key, 'deriveBits');
    return derive(from, key, length);
  }

  async importKey(...args) {
    const [format, data, algorithm, extractable, usages] =
      convert(this, 'importKey', args, ['format', 'data', 'algorithm', 'boolean', 'usages']);
    if (format !== 'jwk' && !isBuffer(data)) convert(this, 'importKey', [0, data], ['any', 'bytes']);
    const known = normalize(algorithm, 'importKey');
    return importKey(format, format === 'jwk' ? data : copied(data), known, extractable, usages);
  }

  async exportKey(...args) {
    const [format, key] = convert(this, 'exportKey', args, ['format', 'key']);
    return exportKey(format, key);
  }

  async wrapKey(...args) {
    const [format, key, wrapping, algorithm] = convert(this, 'wrapKey', args, ['format', 'key', 'key', 'algorithm']);
    const known = normalize(algorithm, 'wrapKey');
    let data = exportKey(format, key);
    if (format === 'jwk') {
      data = Buffer.from(JSON.stringify(data));
      if (known.name === 'AES-KW' && data.length % 8) data = Buffer.concat([data, Buffer.alloc(8 - (data.length % 8), ' ')]);
    }
    return encipher(known, wrapping, copied(data), true, 'wrapKey');
  }

  async unwrapKey(...args) {
    const [format, data, key, algorithm, wanted, extractable, usages] =
      convert(this, 'unwrapKey', args, ['format', 'bytes', 'key', 'algorithm', 'algorithm', 'boolean', 'usages']);
    const known = normalize(wanted, 'importKey');
    const opened = await encipher(normalize(algorithm, 'unwrapKey'), key, data, false, 'unwrapKey');
    if (format !== 'jwk') return importKey(format, Buffer.from(opened), known, extractable, usages);
    let web;
    try {
      web = JSON.parse(Buffer.from(opened).toString());
    } catch {
      throw failure('Invalid wrapped JWK key', 'DataError');
    }
    return importKey('jwk', web, known, extractable, usages);
  }
}

const isSubtle = (value) => forSubtle in value;
const subtle = new SubtleCrypto(forSubtle);
const forCrypto = Symbol('Crypto');

class Crypto {
  constructor(token) {
    if (token !== forCrypto) throw new codes.ERR_ILLEGAL_CONSTRUCTOR();
    Object.defineProperty(this, forCrypto, { value: true });
  }

  get subtle() {
    checkCrypto(this);
    return subtle;
  }

  getRandomValues(array) {
    checkCrypto(this);
    if (arguments.length === 0) {
      throw new codes.ERR_MISSING_ARGS('typedArray');
    }
    return random.getRandomValues(array);
  }

  randomUUID(options) {
    checkCrypto(this);
    return random.randomUUID(options);
  }
}

function checkCrypto(self) {
  if (self === null || typeof self !== 'object' || !(forCrypto in self)) throw new codes.ERR_INVALID_THIS('Crypto');
}

for (const Class of [Crypto, SubtleCrypto]) {
  const { prototype } = Class;
  for (const name of Object.getOwnPropertyNames(prototype)) {
    if (name !== 'constructor') Object.defineProperty(prototype, name, { enumerable: true });
  }
  Object.defineProperty(prototype, Symbol.toStringTag, { value: Class.name, configurable: true });
}

module.exports = { crypto: new Crypto(forCrypto), Crypto, SubtleCrypto, CryptoKey, isSubtle };
