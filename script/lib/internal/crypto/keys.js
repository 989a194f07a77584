// Copyright 2026 The duplex authors. MIT license.

// KeyObject, and keys as arguments. What a key is, Go knows (crypto_key.go).

'use strict';

const { codes } = require('internal/errors');
const { validateObject, validateOneOf, validateString } = require('internal/validators');
const { call, bytes, buffers, isBuffer, held, kNative } = require('internal/crypto/util');

const kHandle = Symbol('kHandle');
const kKeyType = Symbol('kKeyType');
const kAsymmetricKeyType = Symbol('kAsymmetricKeyType');
const kAsymmetricKeyDetails = Symbol('kAsymmetricKeyDetails');

class KeyObject {
  constructor(type, handle) {
    if (type !== 'secret' && type !== 'public' && type !== 'private') throw new codes.ERR_INVALID_ARG_VALUE('type', type);
    if (typeof handle !== 'object' || handle === null || !(kNative in handle)) {
      throw new codes.ERR_INVALID_ARG_TYPE('handle', 'object', handle);
    }
    this[kKeyType] = type;
    Object.defineProperty(this, kHandle, { value: handle });
  }

  get type() { return this[kKeyType]; }

  static from(key) {
    if (!isCryptoKey(key)) throw new codes.ERR_INVALID_ARG_TYPE('key', 'CryptoKey', key);
    return key[kKeyObject];
  }

  equals(otherKeyObject) {
    if (!isKeyObject(otherKeyObject)) throw new codes.ERR_INVALID_ARG_TYPE('otherKeyObject', 'KeyObject', otherKeyObject);
    return otherKeyObject.type === this.type && call('key.equal', nativeOf(this), nativeOf(otherKeyObject));
  }
}
Object.defineProperty(KeyObject.prototype, Symbol.toStringTag, { value: 'KeyObject', configurable: true });
for (const name of ['type', 'equals']) Object.defineProperty(KeyObject.prototype, name, { enumerable: name === 'type' });

class SecretKeyObject extends KeyObject {
  get symmetricKeySize() { return call('key.info', nativeOf(this)).size; }

  export(options) {
    if (options !== undefined) {
      validateObject(options, 'options');
      validateOneOf(options.format, 'options.format', [undefined, 'buffer', 'jwk']);
      if (options.format === 'jwk') return call('key.encodeJWK', nativeOf(this));
    }
    return call('key.bytes', nativeOf(this));
  }
}

class AsymmetricKeyObject extends KeyObject {
  get asymmetricKeyType() { return (this[kAsymmetricKeyType] ??= call('key.info', nativeOf(this)).type); }

  get asymmetricKeyDetails() {
    if (this[kAsymmetricKeyDetails] === undefined) {
      Object.defineProperty(this, kAsymmetricKeyDetails, { value: call('key.info', nativeOf(this)).details });
    }
    return { ...this[kAsymmetricKeyDetails] };
  }
}

function exportKey(key, isPublic, options) {
  if (options && options.format === 'jwk') {
    if (!isPublic && options.passphrase !== undefined) {
      throw new codes.ERR_CRYPTO_INCOMPATIBLE_KEY_OPTIONS('jwk', 'does not support encryption');
    }
    return call('key.encodeJWK', nativeOf(key));
  }
  return encodeKey(key, encodingOf(options, key.asymmetricKeyType, isPublic));
}

class PublicKeyObject extends AsymmetricKeyObject {
  export(options) { return exportKey(this, true, options); }
}

class PrivateKeyObject extends AsymmetricKeyObject {
  export(options) { return exportKey(this, false, options); }
}

const kinds = { secret: SecretKeyObject, public: PublicKeyObject, private: PrivateKeyObject };

// keyObject makes one of Go's key.
const keyObject = (type, key) => new kinds[type](type, held('KeyObjectHandle', key));
const nativeOf = (key) => key[kHandle][kNative];

function isKeyObject(value) {
  return value instanceof KeyObject && value[kKeyType] !== undefined;
}

// encodeKey is a key in an encoding of encodingOf.
function encodeKey(key, { format, type, cipher, passphrase }) {
  if (format === 'jwk') return call('key.encodeJWK', nativeOf(key));
  return call('key.encode', nativeOf(key), format, type, cipher, passphrase);
}

const optionName = (parent, name) => (parent === undefined ? `options.${name}` : `options.${parent}.${name}`);

function formatOf(format, usual, name) {
  if (format === undefined && usual !== undefined) return usual;
  if (format === 'pem' || format === 'der' || format === 'jwk') return format;
  throw new codes.ERR_INVALID_ARG_VALUE(name, format);
}

function formOf(form, required, keyType, isPublic, name) {
  if (form === undefined && !required) return undefined;
  if (form === 'pkcs1') {
    if (keyType !== undefined && keyType !== 'rsa') {
      throw new codes.ERR_CRYPTO_INCOMPATIBLE_KEY_OPTIONS(form, 'can only be used for RSA keys');
    }
    return form;
  }
  if (form === 'spki' && isPublic !== false) return form;
  if (form === 'pkcs8' && isPublic !== true) return form;
  if (form === 'sec1' && isPublic !== true) {
    if (keyType !== undefined && keyType !== 'ec') {
      throw new codes.ERR_CRYPTO_INCOMPATIBLE_KEY_OPTIONS(form, 'can only be used for EC keys');
    }
    return form;
  }
  throw new codes.ERR_INVALID_ARG_VALUE(name, form);
}

// encodingOf reads the options of an encoding: of a key that comes in, of which
// keyType is undefined, or of one that goes out.
function encodingOf(options, keyType, isPublic, parent) {
  validateObject(options, 'options');
  const comesIn = keyType === undefined;
  const format = formatOf(options.format, comesIn ? 'pem' : undefined, optionName(parent, 'format'));
  const required = (!comesIn || format === 'der') && format !== 'jwk';
  const type = formOf(options.type, required, keyType, isPublic, optionName(parent, 'type'));
  if (isPublic === true) return { format, type };
  const { cipher, encoding } = options;
  let { passphrase } = options;
  const ciphered = cipher !== undefined && cipher !== null;
  if (!comesIn) {
    if (ciphered) {
      if (typeof cipher !== 'string') throw new codes.ERR_INVALID_ARG_VALUE(optionName(parent, 'cipher'), cipher);
      if (format === 'der' && type !== 'pkcs8') {
        throw new codes.ERR_CRYPTO_INCOMPATIBLE_KEY_OPTIONS(type, 'does not support encryption');
      }
    } else if (passphrase !== undefined) {
      throw new codes.ERR_INVALID_ARG_VALUE(optionName(parent, 'cipher'), cipher);
    }
  }
  if (comesIn ? passphrase !== undefined : ciphered) {
    if (typeof passphrase !== 'string' && !isBuffer(passphrase)) {
      throw new codes.ERR_INVALID_ARG_VALUE(optionName(parent, 'passphrase'), passphrase);
    }
    passphrase = bytes(passphrase, 'key.passphrase', encoding);
  }
  return { format, type, cipher: cipher ?? undefined, passphrase };
}

// What a key is for: to be made, or to be used.
const createPublic = { creates: true, isPublic: true };
const createPrivate = { creates: true, isPublic: false };
const usePublic = { creates: false, isPublic: true };
const usePrivate = { creates: false, isPublic: false };

function handleOf(key, use) {
  if (use === createPrivate) throw new codes.ERR_INVALID_ARG_TYPE('key', ['string', ...buffers], key);
  if (key.type !== 'private') {
    if (use === usePrivate || use === createPublic) throw new codes.ERR_CRYPTO_INVALID_KEY_OBJECT_TYPE(key.type, 'private');
    if (key.type !== 'public') throw new codes.ERR_CRYPTO_INVALID_KEY_OBJECT_TYPE(key.type, 'private or public');
  }
  return nativeOf(key);
}

const webFields = { RSA: ['n', 'e'], EC: ['x', 'y'], OKP: ['x'] };
const webPrivate = { RSA: ['d', 'p', 'q', 'dp', 'dq', 'qi'], EC: ['d'], OKP: ['d'] };
const webCurves = { EC: ['P-256', 'secp256k1', 'P-384', 'P-521'], OKP: ['Ed25519', 'Ed448', 'X25519', 'X448'] };

function fromJWK(key, isPublic) {
  validateObject(key, 'key.key');
  validateOneOf(key.kty, 'key.kty', ['RSA', 'EC', 'OKP']);
  if (webCurves[key.kty]) validateOneOf(key.crv, 'key.crv', webCurves[key.kty]);
  for (const name of webFields[key.kty]) validateString(key[name], `key.${name}`);
  if (!isPublic) for (const name of webPrivate[key.kty]) validateString(key[name], `key.${name}`);
  return call('key.jwk', isPublic ? 'public' : 'private', key);
}

// asymmetric returns Go's key of an argument.
function asymmetric(key, use) {
  const kind = use.isPublic ? 'public' : 'private';
  const objects = use === createPrivate ? [] : ['KeyObject', 'CryptoKey'];
  if (isKeyObject(key)) return handleOf(key, use);
  if (isCryptoKey(key)) return handleOf(key[kKeyObject], use);
  if (typeof key === 'string' || isBuffer(key)) return call('key.decode', kind, bytes(key, 'key'), 'pem');
  if (typeof key !== 'object' || key === null) {
    if (key === null) throw new TypeError("Cannot destructure property 'key' of 'key' as it is null.");
    throw new codes.ERR_INVALID_ARG_TYPE('key', ['string', ...buffers, ...objects], key);
  }
  const { key: data, encoding, format } = key;
  if (isKeyObject(data)) return handleOf(data, use);
  if (isCryptoKey(data)) return handleOf(data[kKeyObject], use);
  if (format === 'jwk') return fromJWK(data, use.isPublic);
  if (typeof data !== 'string' && !isBuffer(data)) {
    throw new codes.ERR_INVALID_ARG_TYPE('key.key', ['string', ...buffers, ...objects], data);
  }
  const options = encodingOf(key, undefined, use.isPublic ? undefined : false);
  return call('key.decode', kind, bytes(data, 'key', encoding), options.format, options.type, options.passphrase);
}

const publicKeyOf = (key) => asymmetric(key, usePublic);
const privateKeyOf = (key) => asymmetric(key, usePrivate);

function createPublicKey(key) {
  const found = asymmetric(key, createPublic);
  return keyObject('public', call('key.public', found));
}

function createPrivateKey(key) {
  return keyObject('private', asymmetric(key, createPrivate));
}

// secretBytes is a secret as bytes: a key of any form.
function secretBytes(key, name, encoding) {
  if (isCryptoKey(key)) key = key[kKeyObject];
  if (isKeyObject(key)) {
    if (key.type !== 'secret') throw new codes.ERR_CRYPTO_INVALID_KEY_OBJECT_TYPE(key.type, 'secret');
    return call('key.bytes', nativeOf(key));
  }
  if (typeof key !== 'string' && !isBuffer(key)) {
    throw new codes.ERR_INVALID_ARG_TYPE(name, ['string', ...buffers, 'KeyObject', 'CryptoKey'], key);
  }
  return bytes(key, name, encoding);
}

function createSecretKey(key, encoding) {
  if (typeof key !== 'string' && !isBuffer(key)) throw new codes.ERR_INVALID_ARG_TYPE('key', buffers, key);
  return keyObject('secret', call('key.secret', bytes(key, 'key', encoding)));
}

const kKeyObject = Symbol('kKeyObject');
const kAlgorithm = Symbol('kAlgorithm');
const kExtractable = Symbol('kExtractable');
const kUsages = Symbol('kKeyUsages');

// A CryptoKey is a key as the web has it: with what it may be used for.
class CryptoKey {
  constructor() {
    throw new codes.ERR_ILLEGAL_CONSTRUCTOR();
  }

  [Symbol.for('nodejs.util.inspect.custom')](depth, options) {
    if (depth < 0) return this;
    const { inspect } = require('internal/inspect');
    const shown = { type: this.type, extractable: this.extractable, algorithm: this.algorithm, usages: this.usages };
    return `CryptoKey ${inspect(shown, { ...options, depth: options.depth === null ? null : options.depth - 1 })}`;
  }

  get type() { return checkedKey(this)[kKeyObject].type; }
  get extractable() { return checkedKey(this)[kExtractable]; }
  get algorithm() { return checkedKey(this)[kAlgorithm]; }
  get usages() { return [...checkedKey(this)[kUsages]]; }
}
for (const name of ['type', 'extractable', 'algorithm', 'usages']) Object.defineProperty(CryptoKey.prototype, name, { enumerable: true });
Object.defineProperty(CryptoKey.prototype, Symbol.toStringTag, { value: 'CryptoKey', configurable: true });

function checkedKey(value) {
  if (!isCryptoKey(value)) throw new codes.ERR_INVALID_THIS('CryptoKey');
  return value;
}

const isCryptoKey = (value) => typeof value === 'object' && value !== null && kKeyObject in value;

function cryptoKey(key, algorithm, usages, extractable) {
  const made = Object.create(CryptoKey.prototype);
  const hidden = { [kKeyObject]: key, [kAlgorithm]: algorithm, [kExtractable]: extractable, [kUsages]: usages };
  for (const name of Object.getOwnPropertySymbols(hidden)) Object.defineProperty(made, name, { value: hidden[name] });
  return made;
}

module.exports = {
  KeyObject, CryptoKey, createPublicKey, createPrivateKey, createSecretKey, keyObject, nativeOf, isKeyObject, isCryptoKey, cryptoKey, kKeyObject,
  encodingOf, encodeKey, publicKeyOf, privateKeyOf, secretBytes, fromJWK,
};
