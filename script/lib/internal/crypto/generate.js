// Copyright 2026 The duplex authors. MIT license.

// Keys out of nothing.

'use strict';

const { codes } = require('internal/errors');
const { validateFunction, validateInt32, validateInteger, validateObject, validateOneOf, validateString, validateUint32 } =
  require('internal/validators');
const { call, later } = require('internal/crypto/util');
const { keyObject, encodingOf, encodeKey } = require('internal/crypto/keys');
const { promisify } = require('util');

const kinds = new Set(['rsa', 'rsa-pss', 'ec', 'ed25519', 'x25519', 'ed448', 'x448', 'dsa', 'dh']);

// encodingsOf reads how the two keys of a pair are to come: undefined is as KeyObjects.
function encodingsOf(type, options) {
  if (options === undefined) return {};
  if (options === null) throw new TypeError("Cannot destructure property 'publicKeyEncoding' of 'options' as it is null.");
  if (kinds.has(type)) validateObject(options, 'options');
  const found = {};
  for (const [name, isPublic] of [['publicKeyEncoding', true], ['privateKeyEncoding', false]]) {
    const encoding = options[name];
    if (encoding === undefined || encoding === null) continue;
    if (typeof encoding !== 'object') throw new codes.ERR_INVALID_ARG_VALUE(`options.${name}`, encoding);
    found[name] = encodingOf(encoding, type, isPublic, name);
  }
  return found;
}

function rsaArguments(type, options) {
  validateObject(options, 'options');
  const { modulusLength, publicExponent = 0x10001 } = options;
  validateUint32(modulusLength, 'options.modulusLength');
  validateUint32(publicExponent, 'options.publicExponent');
  if (type === 'rsa') return ['generate.rsa', modulusLength, publicExponent, false];
  const { hash, mgf1Hash, saltLength } = options;
  const { hashAlgorithm = hash, mgf1HashAlgorithm = mgf1Hash } = options;
  if (saltLength !== undefined) validateInt32(saltLength, 'options.saltLength', 0);
  if (hashAlgorithm !== undefined) validateString(hashAlgorithm, 'options.hashAlgorithm');
  if (mgf1HashAlgorithm !== undefined) validateString(mgf1HashAlgorithm, 'options.mgf1HashAlgorithm');
  return ['generate.rsa', modulusLength, publicExponent, true, hashAlgorithm, mgf1HashAlgorithm, saltLength];
}

// argumentsOf returns the operation that makes a pair, with its arguments.
function argumentsOf(type, options) {
  switch (type) {
    case 'rsa':
    case 'rsa-pss':
      return rsaArguments(type, options);
    case 'ec': {
      validateObject(options, 'options');
      const { namedCurve, paramEncoding } = options;
      validateString(namedCurve, 'options.namedCurve');
      if (paramEncoding !== undefined && paramEncoding !== null && paramEncoding !== 'named' && paramEncoding !== 'explicit') {
        throw new codes.ERR_INVALID_ARG_VALUE('options.paramEncoding', paramEncoding);
      }
      if (paramEncoding === 'explicit') throw new codes.ERR_FEATURE_UNAVAILABLE_ON_PLATFORM('An explicit curve');
      return ['generate.ec', namedCurve];
    }
    case 'ed25519':
    case 'x25519':
      return [`generate.${type}`];
    case 'ed448':
    case 'x448':
    case 'dsa':
    case 'dh':
      throw new codes.ERR_FEATURE_UNAVAILABLE_ON_PLATFORM(`A key pair of the type ${type}`);
    default:
      throw new codes.ERR_INVALID_ARG_VALUE('type', type, 'must be a supported key type');
  }
}

function pairOf(key, { publicKeyEncoding, privateKeyEncoding }) {
  const privateKey = keyObject('private', key);
  const publicKey = keyObject('public', call('key.public', key));
  return {
    publicKey: publicKeyEncoding === undefined ? publicKey : encodeKey(publicKey, publicKeyEncoding),
    privateKey: privateKeyEncoding === undefined ? privateKey : encodeKey(privateKey, privateKeyEncoding),
  };
}

function generateKeyPair(type, options, callback) {
  if (typeof options === 'function') {
    callback = options;
    options = undefined;
  }
  validateFunction(callback, 'callback');
  validateString(type, 'type');
  const encodings = encodingsOf(type, options);
  const [name, ...args] = argumentsOf(type, options);
  later(name, (error, key) => {
    let pair;
    if (!error) {
      try {
        pair = pairOf(key, encodings);
      } catch (failure) {
        error = failure;
      }
    }
    if (error) callback(error);
    else callback(null, pair.publicKey, pair.privateKey);
  }, ...args);
}
Object.defineProperty(generateKeyPair, promisify.custom, {
  enumerable: false,
  value: (type, options) => new Promise((resolve, reject) => {
    generateKeyPair(type, options, (error, publicKey, privateKey) => {
      if (error) reject(error);
      else resolve({ publicKey, privateKey });
    });
  }),
});

function generateKeyPairSync(type, options) {
  validateString(type, 'type');
  const encodings = encodingsOf(type, options);
  return pairOf(call(...argumentsOf(type, options)), encodings);
}

function secretLength(type, options) {
  validateString(type, 'type');
  validateObject(options, 'options');
  const { length } = options;
  if (type === 'hmac') validateInteger(length, 'options.length', 8, 2 ** 31 - 1);
  else if (type === 'aes') validateOneOf(length, 'options.length', [128, 192, 256]);
  else throw new codes.ERR_INVALID_ARG_VALUE('type', type, 'must be a supported key type');
  return length >> 3;
}

function generateKey(type, options, callback) {
  if (typeof options === 'function') {
    callback = options;
    options = undefined;
  }
  validateFunction(callback, 'callback');
  later('generate.secret', (error, key) => callback(error, keyObject('secret', key)), secretLength(type, options));
}

const generateKeySync = (type, options) => keyObject('secret', call('generate.secret', secretLength(type, options)));

module.exports = { generateKeyPair, generateKeyPairSync, generateKey, generateKeySync };
