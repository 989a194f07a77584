// Copyright 2026 The duplex authors. MIT license.

// CryptoKeys: made, taken in and given out.

'use strict';

const { call, promised, arrayBuffer } = require('internal/crypto/util');
const { keyObject, nativeOf, cryptoKey, createSecretKey, kKeyObject } = require('internal/crypto/keys');
const { failure, operationFailure } = require('internal/crypto/web_algorithm');

// How the algorithms use their keys: usages of secrets, or of public and private keys.
const wrapping = ['encrypt', 'decrypt', 'wrapKey', 'unwrapKey'];
const signing = [['verify'], ['sign']];
const deriving = ['deriveKey', 'deriveBits'];
const usagesOf = {
  'AES-CBC': wrapping, 'AES-GCM': wrapping, 'AES-CTR': wrapping, 'AES-KW': ['wrapKey', 'unwrapKey'],
  'HMAC': ['sign', 'verify'], 'HKDF': deriving, 'PBKDF2': deriving,
  'RSASSA-PKCS1-v1_5': signing, 'RSA-PSS': signing, 'RSA-OAEP': [['encrypt', 'wrapKey'], ['decrypt', 'unwrapKey']],
  'ECDSA': signing, 'Ed25519': signing, 'ECDH': [[], deriving], 'X25519': [[], deriving],
};
const isSecret = (name) => typeof usagesOf[name][0] === 'string';

const blocks = { 'SHA-1': 512, 'SHA-256': 512, 'SHA-384': 1024, 'SHA-512': 1024 };
const curves = { 'P-256': 32, 'P-384': 48, 'P-521': 66 };

// kindOf is how an algorithm's keys are called in messages.
const kindOf = (name) => (name === 'HMAC' || name.startsWith('AES') ? `an ${name.startsWith('AES') ? name : 'HMAC'}` :
  /^(E|RSA)/.test(name) ? `an ${name}` : `a ${name}`);

function checkUsages(name, usages, allowed) {
  if (usages.some((one) => !allowed.includes(one))) {
    throw failure(`Unsupported key usage for ${kindOf(name)} key`, 'SyntaxError');
  }
}

const unique = (usages) => [...new Set(usages)];

async function generate(algorithm, extractable, usages) {
  const { name } = algorithm;
  if (isSecret(name)) return generateSecret(algorithm, extractable, usages);
  const [publicUsages, privateUsages] = usagesOf[name];
  checkUsages(name, usages, [...publicUsages, ...privateUsages]);
  let made;
  if (name.startsWith('RSA')) {
    const { modulusLength, publicExponent, hash } = algorithm;
    let exponent = 0;
    for (const byte of publicExponent) exponent = exponent * 256 + byte;
    if (exponent < 3 || exponent > 2 ** 31) throw operationFailure('The publicExponent must be equivalent to an unsigned 32-bit value');
    made = await working(promised('generate.rsa', modulusLength, exponent, false));
    algorithm = { name, modulusLength, publicExponent: new Uint8Array(publicExponent), hash };
  } else if (algorithm.namedCurve !== undefined) {
    checkCurve(algorithm.namedCurve);
    made = await promised('generate.ec', algorithm.namedCurve);
  } else {
    made = await promised(`generate.${name.toLowerCase()}`);
  }
  const chosen = unique(usages);
  const usagesFor = (allowed) => chosen.filter((one) => allowed.includes(one));
  const privateKey = cryptoKey(keyObject('private', made), algorithm, usagesFor(privateUsages), extractable);
  const publicKey = cryptoKey(keyObject('public', call('key.public', made)), algorithm, usagesFor(publicUsages), true);
  if (privateKey.usages.length === 0) throw failure('Usages cannot be empty when creating a key.', 'SyntaxError');
  const pair = Object.create(null);
  return Object.assign(pair, algorithm.namedCurve === undefined && !name.startsWith('RSA') ? { privateKey, publicKey } : { publicKey, privateKey });
}

async function generateSecret(algorithm, extractable, usages) {
  const { name } = algorithm;
  let { length } = algorithm;
  if (name === 'HMAC') {
    length ??= blocks[algorithm.hash.name];
    if (length === 0) throw operationFailure('Zero-length key is not supported');
    algorithm = { name, length, hash: algorithm.hash };
  } else if (![128, 192, 256].includes(length)) {
    throw operationFailure('AES key length must be 128, 192, or 256 bits');
  }
  checkUsages(name, usages, usagesOf[name]);
  const made = keyObject('secret', await promised('generate.secret', length >> 3));
  if (usages.length === 0) throw failure('Usages cannot be empty when creating a key.', 'SyntaxError');
  return cryptoKey(made, algorithm, unique(usages), extractable);
}

// working makes an OperationError of what goes wrong.
async function working(promise) {
  try {
    return await promise;
  } catch {
    throw operationFailure();
  }
}

function checkCurve(name) {
  if (!(name in curves)) throw failure('Unrecognized namedCurve', 'NotSupportedError');
}

const invalidData = (message = 'Invalid keyData') => failure(message, 'DataError');

function trying(f) {
  try {
    return f();
  } catch {
    throw invalidData();
  }
}

function importKey(format, data, algorithm, extractable, usages) {
  const { name } = algorithm;
  if (!isSecret(name)) return importAsymmetric(format, data, algorithm, extractable, usages);
  const derives = name === 'HKDF' || name === 'PBKDF2';
  if (derives ? format !== 'raw' : format !== 'raw' && format !== 'jwk') {
    throw failure(`Unable to import ${name} key with format ${format}`, 'NotSupportedError');
  }
  if (derives && extractable) throw failure(`${name} keys are not extractable`, 'SyntaxError');
  checkUsages(name, usages, usagesOf[name]);
  const key = format === 'raw' ? createSecretKey(data) : fromOct(data, algorithm, extractable, usages);
  const bits = 8 * key.symmetricKeySize;
  let known = { name };
  if (name === 'HMAC') {
    if (bits === 0) throw invalidData('Zero-length key is not supported');
    if (algorithm.length !== undefined && algorithm.length !== bits) throw invalidData('Invalid key length');
    known = { name, hash: algorithm.hash, length: bits };
  } else if (!derives) {
    if (![128, 192, 256].includes(bits)) throw invalidData('Invalid key length');
    known = { name, length: bits };
  }
  if (usages.length === 0) throw failure('Usages cannot be empty when importing a secret key.', 'SyntaxError');
  return cryptoKey(key, known, unique(usages), extractable);
}

// checkJWK has what all keys of JSON say of themselves.
function checkJWK(data, kty, use, extractable, usages) {
  if (data.kty !== kty) throw invalidData('Invalid JWK "kty" Parameter');
  if (usages.length > 0 && data.use !== undefined && data.use !== use) throw invalidData('Invalid JWK "use" Parameter');
  if (data.key_ops !== undefined) {
    if (!Array.isArray(data.key_ops) || new Set(data.key_ops).size !== data.key_ops.length) throw invalidData('Duplicate key operation');
    if (usages.some((one) => !data.key_ops.includes(one))) throw invalidData('Key operations and usage mismatch');
  }
  if (data.ext === false && extractable) throw invalidData('JWK "ext" Parameter and extractable mismatch');
}

function fromOct(data, algorithm, extractable, usages) {
  if (typeof data !== 'object' || data === null) throw invalidData();
  checkJWK(data, 'oct', algorithm.name === 'HMAC' ? 'sig' : 'enc', extractable, usages);
  if (typeof data.k !== 'string') throw invalidData();
  const key = createSecretKey(Buffer.from(data.k, 'base64url'));
  const alg = algorithmName({ ...algorithm, length: 8 * key.symmetricKeySize });
  if (data.alg !== undefined && data.alg !== alg) throw invalidData('JWK "alg" Parameter and algorithm name mismatch');
  return key;
}

const types = { ECDSA: 'ec', ECDH: 'ec', Ed25519: 'ed25519', X25519: 'x25519' };
const webKinds = { rsa: 'RSA', ec: 'EC', ed25519: 'OKP', x25519: 'OKP' };

function importAsymmetric(format, data, algorithm, extractable, usages) {
  const { name } = algorithm;
  const type = types[name] ?? 'rsa';
  if (algorithm.namedCurve !== undefined) checkCurve(algorithm.namedCurve);
  const isPrivate = format === 'pkcs8' || (format === 'jwk' && data?.d !== undefined);
  const [publicUsages, privateUsages] = usagesOf[name];
  checkUsages(name, usages, isPrivate ? privateUsages : publicUsages);
  const kind = isPrivate ? 'private' : 'public';
  let made;
  if (format === 'jwk') {
    if (typeof data !== 'object' || data === null) throw invalidData();
    checkJWK(data, webKinds[type], name === 'RSA-OAEP' || type === 'x25519' || name === 'ECDH' ? 'enc' : 'sig', extractable, usages);
    if (type === 'ec' && data.crv !== algorithm.namedCurve) throw invalidData('JWK "crv" does not match the requested algorithm');
    if (webKinds[type] === 'OKP' && data.crv !== name) throw invalidData('JWK "crv" Parameter and algorithm name mismatch');
    if (type === 'rsa' && data.alg !== undefined && data.alg !== algorithmName(algorithm)) {
      throw invalidData('JWK "alg" does not match the requested algorithm');
    }
    const { fromJWK } = require('internal/crypto/keys');
    made = trying(() => fromJWK(data, !isPrivate));
  } else if (format === 'raw') {
    if (type === 'rsa') throw failure(`Unable to import RSA key with format raw`, 'NotSupportedError');
    made = trying(() => call('key.raw', 'public', type, algorithm.namedCurve ?? '', data));
  } else {
    made = trying(() => call('key.decode', kind, data, 'der', format));
  }
  const key = keyObject(kind, made);
  if (key.asymmetricKeyType !== type) throw invalidData('Invalid key type');
  let known = { name };
  if (type === 'rsa') {
    const { modulusLength, publicExponent } = key.asymmetricKeyDetails;
    const hex = publicExponent.toString(16);
    known = { name, modulusLength, publicExponent: new Uint8Array(Buffer.from(hex.length % 2 ? `0${hex}` : hex, 'hex')), hash: algorithm.hash };
  } else if (type === 'ec') {
    const { namedCurve } = algorithm;
    if (call('key.encodeJWK', made).crv !== namedCurve) throw invalidData('Named curve mismatch');
    known = { name, namedCurve };
  }
  if (isPrivate && usages.length === 0) throw failure('Usages cannot be empty when importing a private key.', 'SyntaxError');
  return cryptoKey(key, known, unique(usages), extractable);
}

// algorithmName is JWK's name of an algorithm, undefined if it has none.
function algorithmName({ name, hash, length }) {
  const bits = hash && hash.name.slice(4);
  switch (name) {
    case 'HMAC': return `HS${bits}`;
    case 'RSASSA-PKCS1-v1_5': return `RS${bits}`;
    case 'RSA-PSS': return `PS${bits}`;
    case 'RSA-OAEP': return bits === '1' ? 'RSA-OAEP' : `RSA-OAEP-${bits}`;
    default: return name.startsWith('AES') ? `A${length}${name.slice(4)}` : undefined;
  }
}

function exportKey(format, key) {
  if (!key.extractable) throw failure('key is not extractable', 'InvalidAccessException');
  const { name } = key.algorithm;
  const { type } = key;
  const native = nativeOf(key[kKeyObject]);
  if (format === 'jwk') {
    const alg = algorithmName(key.algorithm);
    const found = { key_ops: key.usages, ext: key.extractable, ...call('key.encodeJWK', native) };
    if (alg !== undefined) found.alg = alg;
    return found;
  }
  if (format === 'spki' && type === 'public') return arrayBuffer(call('key.encode', native, 'der', 'spki'));
  if (format === 'pkcs8' && type === 'private') return arrayBuffer(call('key.encode', native, 'der', 'pkcs8'));
  if (format === 'raw' && type === 'secret') return arrayBuffer(call('key.bytes', native));
  if (format === 'raw' && type === 'public' && !name.startsWith('RSA')) return arrayBuffer(call('key.encodeRaw', native));
  throw failure(`Unable to export a raw ${name} ${type} key`, 'InvalidAccessError');
}

// lengthOf is how many bits a key of an algorithm has that is derived.
function lengthOf({ name, length, hash }) {
  if (name === 'HMAC') return length ?? blocks[hash.name];
  if (name === 'HKDF' || name === 'PBKDF2') return null;
  if (![128, 192, 256].includes(length)) throw operationFailure('Invalid key length');
  return length;
}

module.exports = { generate, importKey, exportKey, lengthOf };
