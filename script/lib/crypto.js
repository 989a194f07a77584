// Copyright 2026 The duplex authors. MIT license.

// crypto. The algorithms are Go's (crypto*.go), the arguments internal/crypto's.

'use strict';

const { codes } = require('internal/errors');
const { validateString } = require('internal/validators');
const { call, isBuffer, worded } = require('internal/crypto/util');
const hash = require('internal/crypto/hash');
const random = require('internal/crypto/random');
const derive = require('internal/crypto/derive');
const cipher = require('internal/crypto/cipher');
const keys = require('internal/crypto/keys');
const generate = require('internal/crypto/generate');
const signature = require('internal/crypto/sign');
const exchange = require('internal/crypto/exchange');
const constants = require('internal/crypto/constants');
const native = binding('crypto');

// names is a function that returns a list which nobody can change for others.
const names = (name, list) => ({ [name]() { return [...list]; } })[name];

function timingSafeEqual(...buffers) {
  ['buf1', 'buf2'].forEach((name, i) => {
    if (!isBuffer(buffers[i])) {
      throw worded(TypeError, 'ERR_INVALID_ARG_TYPE', `The "${name}" argument must be an instance of ArrayBuffer, Buffer, TypedArray, or DataView.`);
    }
  });
  const [one, other] = buffers;
  if (one.byteLength !== other.byteLength) throw new codes.ERR_CRYPTO_TIMING_SAFE_EQUAL_LENGTH();
  return call('equal', one, other);
}

// missing is a name of Node's whose function there is not here.
const missing = (name) => ({ [name]() { throw new codes.ERR_FEATURE_UNAVAILABLE_ON_PLATFORM(`crypto.${name}`); } })[name];

class Certificate {
  static exportChallenge() { return missing('Certificate')(); }
  static exportPublicKey() { return missing('Certificate')(); }
  static verifySpkac() { return missing('Certificate')(); }
}

module.exports = {
  checkPrime: random.checkPrime,
  checkPrimeSync: random.checkPrimeSync,
  createCipheriv: function createCipheriv(name, key, iv, options) { return new cipher.Cipheriv(name, key, iv, options); },
  createDecipheriv: function createDecipheriv(name, key, iv, options) { return new cipher.Decipheriv(name, key, iv, options); },
  createDiffieHellman: function createDiffieHellman(sizeOrKey, keyEncoding, generator, genEncoding) {
    return new exchange.DiffieHellman(sizeOrKey, keyEncoding, generator, genEncoding);
  },
  createDiffieHellmanGroup: function createDiffieHellmanGroup(name) { return new exchange.DiffieHellmanGroup(name); },
  createECDH: function createECDH(curve) { return new exchange.ECDH(curve); },
  createHash: function createHash(algorithm, options) { return new hash.Hash(algorithm, options); },
  createHmac: function createHmac(hmac, key, options) { return new hash.Hmac(hmac, key, options); },
  createPrivateKey: keys.createPrivateKey,
  createPublicKey: keys.createPublicKey,
  createSecretKey: keys.createSecretKey,
  createSign: function createSign(algorithm, options) { return new signature.Sign(algorithm, options); },
  createVerify: function createVerify(algorithm, options) { return new signature.Verify(algorithm, options); },
  diffieHellman: exchange.diffieHellman,
  generatePrime: random.generatePrime,
  generatePrimeSync: random.generatePrimeSync,
  getCiphers: names('getCiphers', native.ciphers),
  getCipherInfo: cipher.getCipherInfo,
  getCurves: names('getCurves', native.curves),
  getDiffieHellman: function createDiffieHellmanGroup(name) { return new exchange.DiffieHellmanGroup(name); },
  getHashes: names('getHashes', native.hashes),
  hkdf: derive.hkdf,
  hkdfSync: derive.hkdfSync,
  pbkdf2: derive.pbkdf2,
  pbkdf2Sync: derive.pbkdf2Sync,
  generateKeyPair: generate.generateKeyPair,
  generateKeyPairSync: generate.generateKeyPairSync,
  generateKey: generate.generateKey,
  generateKeySync: generate.generateKeySync,
  privateDecrypt: cipher.privateDecrypt,
  privateEncrypt: cipher.privateEncrypt,
  publicDecrypt: cipher.publicDecrypt,
  publicEncrypt: cipher.publicEncrypt,
  randomBytes: random.randomBytes,
  randomFill: random.randomFill,
  randomFillSync: random.randomFillSync,
  randomInt: random.randomInt,
  randomUUID: random.randomUUID,
  scrypt: derive.scrypt,
  scryptSync: derive.scryptSync,
  sign: signature.signOneShot,
  setEngine: function setEngine(id) {
    validateString(id, 'id');
    throw worded(Error, 'ERR_CRYPTO_ENGINE_UNKNOWN', `Engine "${id}" was not found`);
  },
  timingSafeEqual,
  getFips: function getFips() { return 0; },
  setFips: function setFips(on) { if (on) throw new codes.ERR_CRYPTO_FIPS_UNAVAILABLE(); },
  verify: signature.verifyOneShot,
  hash: hash.hash,

  Certificate,
  Cipher: cipher.Cipher,
  Cipheriv: cipher.Cipheriv,
  Decipher: cipher.Decipher,
  Decipheriv: cipher.Decipheriv,
  DiffieHellman: exchange.DiffieHellman,
  DiffieHellmanGroup: exchange.DiffieHellmanGroup,
  ECDH: exchange.ECDH,
  Hash: hash.Hash,
  Hmac: hash.Hmac,
  KeyObject: keys.KeyObject,
  Sign: signature.Sign,
  Verify: signature.Verify,
  X509Certificate: require('internal/crypto/certificate').X509Certificate,
  secureHeapUsed: function secureHeapUsed() { return { total: 0, used: 0, utilization: 0, min: 0 }; },
};

const warned = new Set();

function deprecated(name, code) {
  if (warned.has(code)) return;
  warned.add(code);
  process.emitWarning(`crypto.${name} is deprecated.`, 'DeprecationWarning', code);
}

function hidden(name, descriptor) {
  Object.defineProperty(named, name, { enumerable: false, configurable: false, ...descriptor });
}

const named = module.exports;
hidden('createCipher', {
  value: function createCipher(name, password, options) {
    deprecated('createCipher', 'DEP0106');
    return new cipher.Cipher(name, password, options);
  },
});
hidden('createDecipher', {
  value: function createDecipher(name, password, options) {
    deprecated('createDecipher', 'DEP0106');
    return new cipher.Decipher(name, password, options);
  },
});
hidden('fips', { get: named.getFips, set: named.setFips });
for (const name of ['prng', 'pseudoRandomBytes', 'rng']) hidden(name, { value: random.randomBytes, writable: true, configurable: true });
hidden('constants', { value: constants, enumerable: true });
hidden('webcrypto', { get() { return require('internal/crypto/web').crypto; }, enumerable: true });
hidden('subtle', { get() { return require('internal/crypto/web').crypto.subtle; }, enumerable: true });
hidden('getRandomValues', { get() { return (array) => require('internal/crypto/web').crypto.getRandomValues(array); }, enumerable: true });
