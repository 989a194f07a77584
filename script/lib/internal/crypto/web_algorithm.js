// Copyright 2026 The duplex authors. MIT license.

// What the web's cryptography is told: names of algorithms with their parameters, and
// the arguments of its methods.

'use strict';

const { codes } = require('internal/errors');
const { DOMException } = require('internal/dom_exception');
const { isBuffer, worded } = require('internal/crypto/util');
const { isCryptoKey } = require('internal/crypto/keys');

// Parameters by the name of their dictionary: those with a ? may be left out.
const dictionaries = {
  RsaHashedKeyGenParams: ['modulusLength', 'publicExponent', 'hash'],
  EcKeyGenParams: ['namedCurve'],
  AesKeyGenParams: ['length'],
  HmacKeyGenParams: ['hash', 'length?'],
  RsaPssParams: ['saltLength'],
  EcdsaParams: ['hash'],
  RsaHashedImportParams: ['hash'],
  EcKeyImportParams: ['namedCurve'],
  HmacImportParams: ['hash', 'length?'],
  HkdfParams: ['hash', 'info', 'salt'],
  Pbkdf2Params: ['hash', 'iterations', 'salt'],
  EcdhKeyDeriveParams: ['public'],
  RsaOaepParams: ['label?'],
  AesCbcParams: ['iv'],
  AesGcmParams: ['additionalData?', 'iv', 'tagLength?'],
  AesCtrParams: ['counter', 'length'],
  AesDerivedKeyParams: ['length'],
};

const rsa = ['RSASSA-PKCS1-v1_5', 'RSA-PSS', 'RSA-OAEP'];
const aes = ['AES-CBC', 'AES-GCM', 'AES-CTR', 'AES-KW'];
const all = (names, dictionary = null) => Object.fromEntries(names.map((name) => [name, dictionary]));

const signing = { 'RSASSA-PKCS1-v1_5': null, 'RSA-PSS': 'RsaPssParams', 'ECDSA': 'EcdsaParams', 'HMAC': null, 'Ed25519': null };
const encrypting = { 'RSA-OAEP': 'RsaOaepParams', 'AES-CBC': 'AesCbcParams', 'AES-GCM': 'AesGcmParams', 'AES-CTR': 'AesCtrParams' };
const deriving = { HKDF: 'HkdfParams', PBKDF2: 'Pbkdf2Params', ECDH: 'EcdhKeyDeriveParams', X25519: 'EcdhKeyDeriveParams' };

// Dictionaries by operation and algorithm.
const operations = {
  'digest': all(['SHA-1', 'SHA-256', 'SHA-384', 'SHA-512']),
  'generateKey': {
    ...all(rsa, 'RsaHashedKeyGenParams'), ...all(['ECDSA', 'ECDH'], 'EcKeyGenParams'), ...all(aes, 'AesKeyGenParams'),
    HMAC: 'HmacKeyGenParams', ...all(['Ed25519', 'X25519']),
  },
  'sign': signing,
  'verify': signing,
  'encrypt': encrypting,
  'decrypt': encrypting,
  'wrapKey': { ...encrypting, 'AES-KW': null },
  'unwrapKey': { ...encrypting, 'AES-KW': null },
  'deriveBits': deriving,
  'importKey': {
    ...all(rsa, 'RsaHashedImportParams'), ...all(['ECDSA', 'ECDH'], 'EcKeyImportParams'), ...all(aes),
    HMAC: 'HmacImportParams', ...all(['Ed25519', 'X25519', 'HKDF', 'PBKDF2']),
  },
  'exportKey': all([...rsa, 'ECDSA', 'ECDH', ...aes, 'HMAC', 'Ed25519', 'X25519']),
  'get key length': { ...all(aes, 'AesDerivedKeyParams'), HMAC: 'HmacImportParams', HKDF: null, PBKDF2: null },
};

const prefix = 'Failed to normalize algorithm';
const bytesKinds = 'instance of ArrayBuffer, Buffer, TypedArray, or DataView';

const failure = (message, name) => new DOMException(message, name);
const operationFailure = (message = 'The operation failed for an operation-specific reason') => failure(message, 'OperationError');

// member converts a parameter to its type.
function member(value, name, dictionary) {
  const invalid = (what) => worded(TypeError, 'ERR_INVALID_ARG_TYPE', `${prefix}: '${name}' of '${dictionary}' (passed algorithm) ${what}.`);
  switch (name) {
    case 'hash': {
      const hash = normalize(value, 'digest');
      return hash;
    }
    case 'iv':
    case 'info':
    case 'salt':
    case 'label':
    case 'counter':
    case 'additionalData':
      if (!isBuffer(value)) throw invalid(`is not ${bytesKinds}`);
      return value;
    case 'publicExponent':
      if (!(value instanceof Uint8Array)) throw invalid('is not of type Uint8Array');
      return value;
    case 'public':
      if (!isCryptoKey(value)) throw invalid('is not of type CryptoKey');
      return value;
    case 'namedCurve':
      return `${value}`;
    default: {
      const number = Number(value);
      const most = name === 'length' && (dictionary === 'AesKeyGenParams' || dictionary === 'AesDerivedKeyParams') ? 65535 :
        (name === 'tagLength' || dictionary === 'AesCtrParams' ? 255 : 4294967295);
      if (!Number.isFinite(number)) throw invalid('is not a finite number');
      const whole = Math.trunc(number);
      if (whole < 0 || whole > most) {
        throw worded(TypeError, 'ERR_OUT_OF_RANGE',
          `${prefix}: '${name}' of '${dictionary}' (passed algorithm) is outside the expected range of 0 to ${most}.`);
      }
      return whole;
    }
  }
}

// normalize returns an algorithm with the parameters of an operation.
function normalize(algorithm, operation) {
  const given = typeof algorithm === 'object' && algorithm !== null ? algorithm : { name: `${algorithm}` };
  if (given.name === undefined) throw missing('name', 'Algorithm');
  const known = operations[operation];
  const wanted = `${given.name}`.toLowerCase();
  const name = Object.keys(known).find((one) => one.toLowerCase() === wanted);
  if (name === undefined) throw failure('Unrecognized algorithm name', 'NotSupportedError');
  const dictionary = known[name];
  const result = { name };
  for (let key of dictionaries[dictionary] ?? []) {
    const optional = key.endsWith('?');
    if (optional) key = key.slice(0, -1);
    const value = given[key];
    if (value !== undefined) result[key] = member(value, key, dictionary);
    else if (!optional) throw missing(key, dictionary);
  }
  return result;
}

const missing = (name, dictionary) => worded(TypeError, 'ERR_MISSING_OPTION',
  `${prefix}: passed algorithm can not be converted to '${dictionary}' because '${name}' is required in '${dictionary}'.`);

const ordinals = ['1st', '2nd', '3rd', '4th', '5th', '6th', '7th'];
const formats = ['raw', 'pkcs8', 'spki', 'jwk'];
const usages = ['encrypt', 'decrypt', 'sign', 'verify', 'deriveKey', 'deriveBits', 'wrapKey', 'unwrapKey'];

// convert checks the arguments of a method of SubtleCrypto's, of which wanted are the
// types.
function convert(self, method, args, wanted) {
  const context = `Failed to execute '${method}' on 'SubtleCrypto'`;
  if (self === null || typeof self !== 'object' || !require('internal/crypto/web').isSubtle(self)) {
    throw new codes.ERR_INVALID_THIS('SubtleCrypto');
  }
  const required = wanted.filter((type) => !type.endsWith('?')).length;
  if (args.length < required) {
    throw worded(TypeError, 'ERR_MISSING_ARGS',
      `${context}: ${required} argument${required === 1 ? '' : 's'} required, but only ${args.length} present.`);
  }
  return wanted.map((type, i) => {
    const value = args[i];
    const invalid = (what, code = 'ERR_INVALID_ARG_TYPE') => worded(TypeError, code, `${context}: ${ordinals[i]} argument ${what}.`);
    const enumerated = (one, list, name) => {
      const text = `${one}`;
      if (!list.includes(text)) throw invalid(`value '${text}' is not a valid enum value of type ${name}`, 'ERR_INVALID_ARG_VALUE');
      return text;
    };
    switch (type) {
      case 'key':
        if (!isCryptoKey(value)) throw invalid('is not of type CryptoKey');
        return value;
      case 'bytes':
        if (!isBuffer(value)) throw invalid(`is not ${bytesKinds}`);
        return copied(value);
      case 'format':
        return enumerated(value, formats, 'KeyFormat');
      case 'boolean':
        return !!value;
      case 'usages':
        if (value === null || typeof value !== 'object' || typeof value[Symbol.iterator] !== 'function') {
          throw invalid('can not be converted to sequence');
        }
        return [...value].map((one) => enumerated(one, usages, 'KeyUsage'));
      case 'length':
        return value === null ? null : Number(value) >>> 0;
      default:
        return value;
    }
  });
}

// copied is bytes as they are now.
const copied = (value) => (ArrayBuffer.isView(value) ?
  Buffer.from(value.buffer.slice(value.byteOffset, value.byteOffset + value.byteLength)) : Buffer.from(value.slice(0)));

module.exports = { normalize, convert, failure, operationFailure, copied, isBuffer };
