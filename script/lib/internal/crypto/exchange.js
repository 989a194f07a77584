// Copyright 2026 The duplex authors. MIT license.

// Diffie-Hellman, in groups of numbers and on curves.

'use strict';

const { codes } = require('internal/errors');
const { validateInt32, validateObject, validateString } = require('internal/validators');
const { call, bytes, buffers, isBuffer, encoded, held, kNative, kHandle, worded } = require('internal/crypto/util');
const { isKeyObject, nativeOf } = require('internal/crypto/keys');

function begin(side, name, handle, verifyError) {
  side[kHandle] = held(name, handle);
  Object.defineProperty(side[kHandle], 'verifyError', { get: () => verifyError, enumerable: true });
  Object.defineProperty(side, 'verifyError', { value: verifyError, enumerable: true });
}

function DiffieHellman(sizeOrKey, keyEncoding, generator, genEncoding) {
  if (!(this instanceof DiffieHellman)) return new DiffieHellman(sizeOrKey, keyEncoding, generator, genEncoding);
  if (typeof sizeOrKey !== 'number' && typeof sizeOrKey !== 'string' && !isBuffer(sizeOrKey)) {
    throw new codes.ERR_INVALID_ARG_TYPE('sizeOrKey', ['number', 'string', ...buffers], sizeOrKey);
  }
  if (typeof sizeOrKey === 'number') validateInt32(sizeOrKey, 'sizeOrKey');
  if (keyEncoding && !Buffer.isEncoding(keyEncoding) && keyEncoding !== 'buffer') {
    genEncoding = generator;
    generator = keyEncoding;
    keyEncoding = false;
  }
  if (typeof sizeOrKey !== 'number') sizeOrKey = bytes(sizeOrKey, 'sizeOrKey', keyEncoding || 'buffer');
  if (!generator) generator = 2;
  else if (typeof generator === 'number') validateInt32(generator, 'generator');
  else if (typeof generator === 'string') generator = bytes(generator, 'generator', genEncoding || 'buffer');
  else if (!isBuffer(generator)) throw new codes.ERR_INVALID_ARG_TYPE('generator', ['number', 'string', ...buffers], generator);
  const handle = call('dh', sizeOrKey, generator);
  begin(this, 'DiffieHellman', handle, call('dh.check', handle));
}

function DiffieHellmanGroup(name) {
  if (!(this instanceof DiffieHellmanGroup)) return new DiffieHellmanGroup(name);
  if (typeof name !== 'string') throw worded(TypeError, 'ERR_INVALID_ARG_TYPE', 'Group name must be a string');
  const handle = call('dh.group', name);
  if (handle === undefined) throw new codes.ERR_CRYPTO_UNKNOWN_DH_GROUP();
  begin(this, 'DiffieHellmanGroup', handle, 0);
}

const methods = {
  generateKeys: function dhGenerateKeys(encoding) {
    return encoded(call('dh.generate', this[kHandle][kNative]), encoding);
  },
  computeSecret: function dhComputeSecret(key, inEnc, outEnc) {
    return encoded(call('dh.secret', this[kHandle][kNative], bytes(key, 'key', inEnc)), outEnc);
  },
  getPrime: function dhGetPrime(encoding) {
    return encoded(call('dh.prime', this[kHandle][kNative]), encoding);
  },
  getGenerator: function dhGetGenerator(encoding) {
    return encoded(call('dh.generator', this[kHandle][kNative]), encoding);
  },
  getPublicKey: function dhGetPublicKey(encoding) {
    return encoded(call('dh.public', this[kHandle][kNative]), encoding);
  },
  getPrivateKey: function dhGetPrivateKey(encoding) {
    return encoded(call('dh.private', this[kHandle][kNative]), encoding);
  },
};
Object.assign(DiffieHellman.prototype, methods);
Object.assign(DiffieHellmanGroup.prototype, methods);

DiffieHellman.prototype.setPublicKey = function setPublicKey(key, encoding) {
  call('dh.setPublic', this[kHandle][kNative], bytes(key, 'key', encoding));
  return this;
};

DiffieHellman.prototype.setPrivateKey = function setPrivateKey(key, encoding) {
  call('dh.setPrivate', this[kHandle][kNative], bytes(key, 'key', encoding));
  return this;
};

const forms = new Set(['compressed', 'hybrid', 'uncompressed']);

function formOf(format) {
  if (!format) return 'uncompressed';
  if (!forms.has(format)) throw new codes.ERR_CRYPTO_ECDH_INVALID_FORMAT(format);
  return format;
}

function ECDH(curve) {
  if (!(this instanceof ECDH)) return new ECDH(curve);
  validateString(curve, 'curve');
  this[kHandle] = held('ECDH', call('ecdh', curve));
}

Object.assign(ECDH.prototype, {
  computeSecret: function computeSecret(otherPublicKey, inEnc, outEnc) {
    return encoded(call('ecdh.secret', this[kHandle][kNative], bytes(otherPublicKey, 'key', inEnc)), outEnc);
  },
  setPrivateKey: function setPrivateKey(key, encoding) {
    call('ecdh.setPrivate', this[kHandle][kNative], bytes(key, 'key', encoding));
    return this;
  },
  setPublicKey: function setPublicKey(key, encoding) {
    call('ecdh.setPublic', this[kHandle][kNative], bytes(key, 'key', encoding));
    return this;
  },
  getPrivateKey: function getPrivateKey(encoding) {
    return encoded(call('ecdh.private', this[kHandle][kNative]), encoding);
  },
  generateKeys: function generateKeys(encoding, format) {
    call('ecdh.generate', this[kHandle][kNative]);
    return this.getPublicKey(encoding, format);
  },
  getPublicKey: function getPublicKey(encoding, format) {
    return encoded(call('ecdh.public', this[kHandle][kNative], formOf(format)), encoding);
  },
});

ECDH.convertKey = function convertKey(key, curve, inEnc, outEnc, format) {
  validateString(curve, 'curve');
  return encoded(call('ecdh.convert', bytes(key, 'key', inEnc), curve, formOf(format)), outEnc);
};

const exchanged = new Set(['dh', 'ec', 'x448', 'x25519']);

function diffieHellman(options) {
  validateObject(options, 'options');
  const { privateKey, publicKey } = options;
  if (!isKeyObject(privateKey)) throw new codes.ERR_INVALID_ARG_VALUE('options.privateKey', privateKey);
  if (!isKeyObject(publicKey)) throw new codes.ERR_INVALID_ARG_VALUE('options.publicKey', publicKey);
  if (privateKey.type !== 'private') throw new codes.ERR_CRYPTO_INVALID_KEY_OBJECT_TYPE(privateKey.type, 'private');
  if (publicKey.type === 'secret') throw new codes.ERR_CRYPTO_INVALID_KEY_OBJECT_TYPE(publicKey.type, 'private or public');
  const [one, other] = [privateKey.asymmetricKeyType, publicKey.asymmetricKeyType];
  if (one !== other || !exchanged.has(one)) {
    throw new codes.ERR_CRYPTO_INCOMPATIBLE_KEY('key types for Diffie-Hellman', `${one} and ${other}`);
  }
  return call('exchange', nativeOf(privateKey), nativeOf(publicKey));
}

module.exports = { DiffieHellman, DiffieHellmanGroup, ECDH, diffieHellman };
