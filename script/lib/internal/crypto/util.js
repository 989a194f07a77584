// Copyright 2026 The duplex authors. MIT license.

// What all parts of crypto need: errors, arguments that are bytes, and how Go's
// operations are called.

'use strict';

const { codes, define } = require('internal/errors');
const { ids } = require('internal/async_ids');
const { format } = require('internal/format');
const { Transform } = require('stream');
const native = binding('crypto');

const given = (message) => message;
define('ERR_CRYPTO_ECDH_INVALID_FORMAT', TypeError, (form) => format('Invalid ECDH format: %s', form));
define('ERR_CRYPTO_ECDH_INVALID_PUBLIC_KEY', Error, 'Public key is not valid for specified curve');
define('ERR_CRYPTO_FIPS_UNAVAILABLE', Error, 'Cannot set FIPS mode in a non-FIPS build.');
define('ERR_CRYPTO_HASH_FINALIZED', Error, 'Digest already called');
define('ERR_CRYPTO_INCOMPATIBLE_KEY', Error, (name, reason) => `Incompatible ${name}: ${reason}`);
define('ERR_CRYPTO_INCOMPATIBLE_KEY_OPTIONS', Error, (encoding, reason) => `The selected key encoding ${encoding} ${reason}.`);
define('ERR_CRYPTO_INVALID_AUTH_TAG', TypeError, given);
define('ERR_CRYPTO_INVALID_CURVE', TypeError, 'Invalid EC curve name');
define('ERR_CRYPTO_INVALID_DIGEST', TypeError, (name) => `Invalid digest: ${name}`);
define('ERR_CRYPTO_INVALID_IV', TypeError, 'Invalid initialization vector');
define('ERR_CRYPTO_INVALID_JWK', TypeError, given);
define('ERR_CRYPTO_INVALID_KEYLEN', RangeError, (message = 'Invalid key length') => message);
define('ERR_CRYPTO_INVALID_KEYPAIR', RangeError, 'Invalid key pair');
define('ERR_CRYPTO_INVALID_KEYTYPE', RangeError, given);
define('ERR_CRYPTO_INVALID_KEY_OBJECT_TYPE', TypeError, (type, expected) => `Invalid key object type ${type}, expected ${expected}.`);
define('ERR_CRYPTO_INVALID_SCRYPT_PARAMS', RangeError, given);
define('ERR_CRYPTO_INVALID_STATE', Error, given);
define('ERR_CRYPTO_JWK_UNSUPPORTED_CURVE', Error, given);
define('ERR_CRYPTO_JWK_UNSUPPORTED_KEY_TYPE', Error, 'Unsupported JWK Key Type.');
define('ERR_CRYPTO_OPERATION_FAILED', Error, given);
define('ERR_CRYPTO_SCRYPT_INVALID_PARAMETER', Error, 'Invalid scrypt parameter');
define('ERR_CRYPTO_SIGN_KEY_REQUIRED', Error, 'No key provided to sign');
define('ERR_CRYPTO_TIMING_SAFE_EQUAL_LENGTH', RangeError, 'Input buffers must have the same byte length');
define('ERR_CRYPTO_UNKNOWN_CIPHER', Error, 'Unknown cipher');
define('ERR_CRYPTO_UNKNOWN_DH_GROUP', Error, 'Unknown DH group');
define('ERR_CRYPTO_UNSUPPORTED_OPERATION', Error, (message = 'Unsupported crypto operation') => message);
define('ERR_OSSL_EVP_INVALID_DIGEST', Error, given);

// worded makes an error of a code whose message is not the usual one.
function worded(Base, code, message) {
  const error = new Base(message);
  error.code = code;
  return error;
}

// Go's errors; see crypto_failure.go.
native.failures((kind, ...details) => {
  if (kind === 'code') {
    const [code, args] = details;
    if (code === 'ERR_MISSING_ARGS') return worded(TypeError, code, args[0]);
    if (code === 'ERR_OSSL_EVP_INVALID_DIGEST') return worded(Error, code, args[0]);
    return new codes[code](...args);
  }
  const [message, stack = [], library, reason, prefix] = details;
  const error = new Error(message);
  if (stack.length > 0) error.opensslErrorStack = stack;
  if (kind === 'ssl') {
    const family = prefix === 'SSL_' ? '' : 'OSSL_';
    Object.assign(error, { library, reason, code: `ERR_${family}${prefix}${reason.toUpperCase().replace(/ /g, '_')}` });
  }
  return error;
});

const { call } = native;

// later does an operation elsewhere and calls callback(error, result), in the context
// of now.
const later = (name, callback, ...args) => native.later(name, ids.within(callback), ...args);

// promised is later for promises.
function promised(name, ...args) {
  return new Promise((resolve, reject) => {
    native.later(name, (error, result) => {
      if (error) reject(error);
      else resolve(result);
    }, ...args);
  });
}

const { isView } = ArrayBuffer;
const isBuffer = (value) => value instanceof ArrayBuffer || isView(value);

const views = ['Buffer', 'TypedArray', 'DataView'];
const buffers = ['ArrayBuffer', ...views];

// data is bytes that are hashed, encrypted or the like. An encoding that there is not
// is UTF-8.
function data(value, encoding, name = 'data') {
  if (typeof value === 'string') {
    if (typeof encoding === 'string' && encoding.toLowerCase() === 'hex' && value.length % 2 !== 0) {
      throw new codes.ERR_INVALID_ARG_VALUE('encoding', encoding, `is invalid for data of length ${value.length}`);
    }
    return Buffer.from(value, Buffer.isEncoding(encoding) ? encoding : 'utf8');
  }
  if (isView(value)) return value;
  throw new codes.ERR_INVALID_ARG_TYPE(name, ['string', ...views], value);
}

// bytes is a key, a salt or the like.
function bytes(value, name, encoding) {
  if (typeof value === 'string') return Buffer.from(value, encoding === 'buffer' ? 'utf8' : encoding);
  if (isBuffer(value)) return value;
  throw new codes.ERR_INVALID_ARG_TYPE(name, ['string', ...buffers], value);
}

// encoded is a result as text, or as it is.
const encoded = (result, encoding) => (encoding && encoding !== 'buffer' ? result.toString(encoding) : result);

// arrayBuffer is a result as an ArrayBuffer of its own.
function arrayBuffer(result) {
  const { buffer, byteOffset, byteLength } = result;
  return byteLength === buffer.byteLength ? buffer : buffer.slice(byteOffset, byteOffset + byteLength);
}

// held wraps what Go gave: it is shown as an object of a class of that name.
const kNative = Symbol('native');
const classes = new Map();
function held(name, value) {
  let Class = classes.get(name);
  if (Class === undefined) {
    Class = { [name]: class {} }[name];
    classes.set(name, Class);
  }
  return Object.defineProperty(new Class(), kNative, { value });
}

// A LazyTransform becomes a stream only when somebody uses it as one: most hashes and
// ciphers are fed by update.
function LazyTransform(options) {
  this._options = options;
}
Object.setPrototypeOf(LazyTransform.prototype, Transform.prototype);
Object.setPrototypeOf(LazyTransform, Transform);

for (const name of ['_readableState', '_writableState']) {
  Object.defineProperty(LazyTransform.prototype, name, {
    get() {
      const { _options: options } = this;
      Transform.call(this, options);
      this._writableState.decodeStrings = false;
      return this[name];
    },
    set(value) {
      Object.defineProperty(this, name, { value, enumerable: true, configurable: true, writable: true });
    },
    enumerable: true,
    configurable: true,
  });
}

// inherit makes a function, which may be called without new, a subclass.
function inherit(Class, Base) {
  Object.setPrototypeOf(Class.prototype, Base.prototype);
  Object.setPrototypeOf(Class, Base);
}

module.exports = {
  worded, call, later, promised, isBuffer, data, bytes, buffers, views, encoded, arrayBuffer, held, kNative, LazyTransform, inherit,
  kHandle: Symbol('kHandle'),
};
