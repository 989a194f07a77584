// Copyright 2026 The duplex authors. MIT license.

// Ciphers, and RSA's own encryption.

'use strict';

const { codes } = require('internal/errors');
const { validateInt32, validateObject, validateString } = require('internal/validators');
const { StringDecoder } = require('string_decoder');
const { call, data, bytes, buffers, isBuffer, held, kNative, kHandle, worded, LazyTransform, inherit } = require('internal/crypto/util');
const { secretBytes, privateKeyOf, publicKeyOf } = require('internal/crypto/keys');

// An encoding by the name that buffers use.
function normalized(encoding) {
  if (encoding === undefined || encoding === null || encoding === '') return 'utf8';
  const lower = `${encoding}`.toLowerCase();
  const names = { 'utf-8': 'utf8', 'ucs2': 'utf16le', 'ucs-2': 'utf16le', 'utf-16le': 'utf16le', 'binary': 'latin1' };
  return names[lower] ?? (Buffer.isEncoding(lower) ? lower : undefined);
}

function decoderOf(stream, encoding) {
  const name = normalized(encoding);
  stream._decoder ||= new StringDecoder(encoding);
  if (stream._decoder.encoding !== name) {
    if (name === undefined) throw new codes.ERR_UNKNOWN_ENCODING(encoding);
    throw worded(Error, 'ERR_INTERNAL_ASSERTION', 'Cannot change encoding\nThis is caused by either a bug in Node.js or incorrect usage of ' +
      'Node.js internals.\nPlease open an issue with this stack trace at https://github.com/nodejs/node/issues\n');
  }
  return stream._decoder;
}

function tagLength(options) {
  const value = options?.authTagLength;
  if (value === undefined || value === null) return -1;
  if (typeof value !== 'number' || value !== (value | 0) || value < 0) {
    throw new codes.ERR_INVALID_ARG_VALUE('options.authTagLength', value);
  }
  return value;
}

function create(stream, handle, options) {
  stream[kHandle] = held('CipherBase', handle);
  stream._decoder = null;
  LazyTransform.call(stream, options);
}

function createIV(stream, cipher, key, options, iv, encrypt) {
  validateString(cipher, 'cipher');
  const encoding = options?.encoding;
  key = secretBytes(key, 'key', encoding);
  if (iv !== null) iv = bytes(iv, 'iv', encoding);
  create(stream, call('cipher', cipher, key, iv, encrypt, tagLength(options)), options);
}

function createPassword(stream, cipher, password, options, encrypt) {
  validateString(cipher, 'cipher');
  password = bytes(password, 'password', options?.encoding);
  create(stream, call('cipher.password', cipher, password, encrypt, tagLength(options)), options);
}

function Cipher(cipher, password, options) {
  if (!(this instanceof Cipher)) return new Cipher(cipher, password, options);
  createPassword(this, cipher, password, options, true);
}
inherit(Cipher, LazyTransform);

Object.assign(Cipher.prototype, {
  _transform: function _transform(chunk, encoding, callback) {
    this.push(call('cipher.update', this[kHandle][kNative], data(chunk, encoding)));
    callback();
  },

  _flush: function _flush(callback) {
    try {
      this.push(call('cipher.final', this[kHandle][kNative]));
    } catch (error) {
      callback(error);
      return;
    }
    callback();
  },

  update: function update(value, inputEncoding, outputEncoding) {
    const result = call('cipher.update', this[kHandle][kNative], data(value, inputEncoding));
    return outputEncoding && outputEncoding !== 'buffer' ? decoderOf(this, outputEncoding).write(result) : result;
  },

  final: function final(outputEncoding) {
    const result = call('cipher.final', this[kHandle][kNative]);
    return outputEncoding && outputEncoding !== 'buffer' ? decoderOf(this, outputEncoding).end(result) : result;
  },

  setAutoPadding: function setAutoPadding(on) {
    if (!call('cipher.padding', this[kHandle][kNative], on === undefined || !!on)) {
      throw new codes.ERR_CRYPTO_INVALID_STATE('Invalid state for operation setAutoPadding');
    }
    return this;
  },

  getAuthTag: function getAuthTag() {
    const tag = call('cipher.tag', this[kHandle][kNative]);
    if (tag === undefined) throw new codes.ERR_CRYPTO_INVALID_STATE('Invalid state for operation getAuthTag');
    return tag;
  },

  setAAD: function setAAD(aadbuf, options) {
    const p = bytes(aadbuf, 'aadbuf', options?.encoding);
    const length = options?.plaintextLength;
    if (length !== undefined && length !== null && (typeof length !== 'number' || length !== (length | 0) || length < 0)) {
      throw new codes.ERR_INVALID_ARG_VALUE('options.plaintextLength', length);
    }
    if (!call('cipher.aad', this[kHandle][kNative], p, length ?? -1)) {
      throw new codes.ERR_CRYPTO_INVALID_STATE('Invalid state for operation setAAD');
    }
    return this;
  },
});

function setAuthTag(tagbuf, encoding) {
  const tag = bytes(tagbuf, 'buffer', encoding);
  if (!call('cipher.expect', this[kHandle][kNative], tag)) {
    throw new codes.ERR_CRYPTO_INVALID_STATE('Invalid state for operation setAuthTag');
  }
  return this;
}

function Cipheriv(cipher, key, iv, options) {
  if (!(this instanceof Cipheriv)) return new Cipheriv(cipher, key, iv, options);
  createIV(this, cipher, key, options, iv, true);
}

function Decipher(cipher, password, options) {
  if (!(this instanceof Decipher)) return new Decipher(cipher, password, options);
  createPassword(this, cipher, password, options, false);
}

function Decipheriv(cipher, key, iv, options) {
  if (!(this instanceof Decipheriv)) return new Decipheriv(cipher, key, iv, options);
  createIV(this, cipher, key, options, iv, false);
}

for (const Class of [Cipheriv, Decipher, Decipheriv]) {
  inherit(Class, LazyTransform);
  Object.assign(Class.prototype, Cipher.prototype);
  if (Class !== Cipheriv) Object.assign(Class.prototype, { finaltol: Cipher.prototype.final, setAuthTag });
}

function getCipherInfo(nameOrNid, options) {
  if (typeof nameOrNid !== 'string' && typeof nameOrNid !== 'number') {
    throw new codes.ERR_INVALID_ARG_TYPE('nameOrNid', ['string', 'number'], nameOrNid);
  }
  if (typeof nameOrNid === 'number') validateInt32(nameOrNid, 'nameOrNid');
  let keyLength;
  let ivLength;
  if (options !== undefined) {
    validateObject(options, 'options');
    ({ keyLength, ivLength } = options);
    if (keyLength !== undefined) validateInt32(keyLength, 'options.keyLength');
    if (ivLength !== undefined) validateInt32(ivLength, 'options.ivLength');
  }
  return call('cipher.info', `${nameOrNid}`, keyLength, ivLength);
}

const RSA_PKCS1_PADDING = 1;
const RSA_PKCS1_OAEP_PADDING = 4;

// rsa makes one of the four functions.
function rsa(operation, keyOf, padding) {
  return function (options, buffer) {
    const key = keyOf(options);
    const { oaepHash, oaepLabel, encoding } = options;
    const chosen = options.padding || padding;
    const p = bytes(buffer, 'buffer', encoding);
    if (oaepHash !== undefined) validateString(oaepHash, 'key.oaepHash');
    let label;
    if (oaepLabel !== undefined) {
      if (typeof oaepLabel !== 'string' && !isBuffer(oaepLabel)) {
        throw new codes.ERR_INVALID_ARG_TYPE('key.oaepLabel', ['string', ...buffers], oaepLabel);
      }
      label = bytes(oaepLabel, 'key.oaepLabel', encoding);
    }
    if (operation === 'rsa.privateDecrypt' && chosen === RSA_PKCS1_PADDING) {
      throw worded(TypeError, 'ERR_INVALID_ARG_VALUE', 'RSA_PKCS1_PADDING is no longer supported for private decryption, ' +
        'this can be reverted with --security-revert=CVE-2023-46809');
    }
    return call(operation, key, p, chosen, oaepHash, label);
  };
}

module.exports = {
  Cipher, Cipheriv, Decipher, Decipheriv, getCipherInfo,
  publicEncrypt: rsa('rsa.publicEncrypt', publicKeyOf, RSA_PKCS1_OAEP_PADDING),
  publicDecrypt: rsa('rsa.publicDecrypt', publicKeyOf, RSA_PKCS1_PADDING),
  privateEncrypt: rsa('rsa.privateEncrypt', privateKeyOf, RSA_PKCS1_PADDING),
  privateDecrypt: rsa('rsa.privateDecrypt', privateKeyOf, RSA_PKCS1_OAEP_PADDING),
};
for (const name of ['publicEncrypt', 'publicDecrypt', 'privateEncrypt', 'privateDecrypt']) {
  Object.defineProperty(module.exports[name], 'name', { value: '', configurable: true });
}
