// Copyright 2026 The duplex authors. MIT license.

// SecureContext: keys, certificates, authorities and versions (script/tls_context.go).
'use strict';

const { codes, define } = require('internal/errors');
const { validateBuffer, validateInt32, validateInteger, validateObject, validateString } = require('internal/validators');
const { call, worded } = require('internal/crypto/util');
const { SSL_OP_CIPHER_SERVER_PREFERENCE, SSL_OP_NO_TICKET, SSL_OP_NO_TLSv1, SSL_OP_NO_TLSv1_1, SSL_OP_NO_TLSv1_2, SSL_OP_NO_TLSv1_3 } =
  require('internal/crypto/constants');

define('ERR_CRYPTO_CUSTOM_ENGINE_NOT_SUPPORTED', Error, 'Custom engines not supported by this OpenSSL');
define('ERR_INTERNAL_ASSERTION', Error, (message) => `${message ? `${message}\n` : ''}This is caused by either a bug in Node.js or incorrect usage of ` +
  'Node.js internals.\nPlease open an issue with this stack trace at https://github.com/nodejs/node/issues\n');
define('ERR_TLS_INVALID_CONTEXT', TypeError, (name) => `${name} must be a SecureContext`);
define('ERR_TLS_INVALID_PROTOCOL_METHOD', TypeError, (message) => message);
define('ERR_TLS_INVALID_PROTOCOL_VERSION', TypeError, (version, which) =>
  `${require('internal/inspect').inspect(version).replace(/^'|'$/g, '"')} is not a valid ${which} TLS protocol version`);
define('ERR_TLS_PROTOCOL_VERSION_CONFLICT', TypeError, (version, protocol) =>
  `TLS protocol version ${JSON.stringify(version)} conflicts with secureProtocol ${JSON.stringify(protocol)}`);

const versions = { 'TLSv1': 0x301, 'TLSv1.1': 0x302, 'TLSv1.2': 0x303, 'TLSv1.3': 0x304 };
exports.defaults = null; // the exports of tls, whose DEFAULT_… a script may change

function versionOf(which, value, usual) {
  value ??= usual;
  if (!Object.hasOwn(versions, value)) throw new codes.ERR_TLS_INVALID_PROTOCOL_VERSION(value, which);
  return versions[value];
}

// methods are what secureProtocol may be: the versions that each allows.
const methods = { SSLv23: [0x301, 0x303], TLS: [0x301, 0x304], TLSv1: [0x301, 0x301], TLSv1_1: [0x302, 0x302], TLSv1_2: [0x303, 0x303] };

function methodOf(name) {
  const found = /^(SSLv2|SSLv3|SSLv23|TLS|TLSv1|TLSv1_1|TLSv1_2)_(server_|client_)?method$/.exec(name);
  if (!found) throw new codes.ERR_TLS_INVALID_PROTOCOL_METHOD(`Unknown method: ${name}`);
  if (!methods[found[1]]) throw new codes.ERR_TLS_INVALID_PROTOCOL_METHOD(`${found[1]} methods disabled`);
  return methods[found[1]];
}

const bytes = (value) => (typeof value === 'string' ? Buffer.from(value) : value);

let found; // by extra, once

// extra returns what the file named by NODE_EXTRA_CA_CERTS holds.
function extra() {
  const { NODE_EXTRA_CA_CERTS: name } = process.env;
  if (!name || found !== undefined) return found ?? undefined;
  found = null;
  try {
    found = require('fs').readFileSync(name);
  } catch ({ errno, code }) {
    const words = require('internal/uv').message(errno);
    const reason = errno < 0 ? `error:${(0x80000000 - errno).toString(16)}:system library::${words[0].toUpperCase()}${words.slice(1)}` : code;
    process.stderr.write(`Warning: Ignoring extra certs from \`${name}\`, load failed: ${reason}\n`);
  }
  return found ?? undefined;
}

// Native is SecureContext.prototype.context: what a script may call has Node's names.
class Native {
  init(secureProtocol, low, high) {
    if (secureProtocol) [low, high] = methodOf(secureProtocol);
    Object.defineProperty(this, 'native', { value: call('tls.context', low, high) });
  }

  setKey(key, passphrase) { call('tls.setKey', this.native, bytes(key), passphrase == null ? undefined : bytes(passphrase)); }
  setCert(cert) { call('tls.setCert', this.native, bytes(cert)); }
  addCACert(cert) { call('tls.addCA', this.native, bytes(cert)); }
  setAllowPartialTrustChain() { call('tls.partial', this.native); }
  addCRL(crl) { call('tls.addCRL', this.native, bytes(crl)); }

  addRootCerts() {
    call('tls.addRoots', this.native);
    const more = extra();
    if (more !== undefined) call('tls.addCA', this.native, more);
  }

  setCipherSuites() {} // those of TLS 1.3 are crypto/tls's own
  setCiphers(ciphers) { call('tls.setCiphers', this.native, ciphers); }
  setECDHCurve(curves) { call('tls.setCurves', this.native, curves); }
  setDHParam() {} // there are no such suites
  setMinProto(version) { call('tls.versions', this.native, version); }
  setMaxProto(version) { call('tls.versions', this.native, undefined, version); }
  getMinProto() { return call('tls.versions', this.native)[0]; }
  getMaxProto() { return call('tls.versions', this.native)[1]; }

  setSigalgs(names) {
    throw worded(Error, 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM', `sigalgs (${names}) cannot be chosen here`);
  }

  // Of OpenSSL's options, those count that switch off a version or tickets.
  setOptions(options) {
    let [low, high] = [this.getMinProto(), this.getMaxProto()];
    const off = { 0x301: SSL_OP_NO_TLSv1, 0x302: SSL_OP_NO_TLSv1_1, 0x303: SSL_OP_NO_TLSv1_2, 0x304: SSL_OP_NO_TLSv1_3 };
    while (low < high && options & off[low]) low++;
    while (high > low && options & off[high]) high--;
    call('tls.versions', this.native, low, high);
    if (options & SSL_OP_NO_TICKET) call('tls.sessions', this.native, true);
  }

  setSessionIdContext(name) {
    if (Buffer.byteLength(name) > 32) throw new TypeError('error:0A000111:SSL routines::ssl session id context too long');
    call('tls.sessions', this.native, false, undefined, name);
  }

  setSessionTimeout(seconds) { call('tls.sessions', this.native, false, seconds); }
  loadPKCS12(pfx, passphrase) { call('tls.loadPKCS12', this.native, bytes(pfx), passphrase == null ? undefined : bytes(passphrase)); }
  setTicketKeys(keys) { call('tls.setTicketKeys', this.native, keys); }
  getTicketKeys() { return call('tls.ticketKeys', this.native); }
  getCertificate() { return call('tls.certificate', this.native)[0] ?? null; }
  getIssuer() { return call('tls.certificate', this.native)[1] ?? null; }
  close() {}
}
Object.defineProperty(Native, 'name', { value: 'SecureContext' });
exports.Native = Native;

function SecureContext(secureProtocol, secureOptions, minVersion, maxVersion) {
  if (!(this instanceof SecureContext)) return new SecureContext(secureProtocol, secureOptions, minVersion, maxVersion);
  if (secureProtocol) {
    for (const version of [minVersion, maxVersion]) {
      if (version != null) throw new codes.ERR_TLS_PROTOCOL_VERSION_CONFLICT(version, secureProtocol);
    }
  }
  const { DEFAULT_MIN_VERSION, DEFAULT_MAX_VERSION } = exports.defaults;
  this.context = new Native();
  this.context.init(secureProtocol, versionOf('minimum', minVersion, DEFAULT_MIN_VERSION), versionOf('maximum', maxVersion, DEFAULT_MAX_VERSION));
  if (secureOptions) {
    validateInteger(secureOptions, 'secureOptions');
    this.context.setOptions(secureOptions);
  }
}
exports.SecureContext = SecureContext;

exports.createSecureContext = function createSecureContext(options) {
  options ||= {};
  const { honorCipherOrder, minVersion, maxVersion, secureProtocol } = options;
  let { secureOptions } = options;
  if (honorCipherOrder) secureOptions |= SSL_OP_CIPHER_SERVER_PREFERENCE;
  const context = new SecureContext(secureProtocol, secureOptions, minVersion, maxVersion);
  configure(context.context, options);
  return context;
};

const list = (value) => (Array.isArray(value) ? value : [value]);

// text checks what must be a text or its bytes.
function text(name, value) {
  if (typeof value === 'string' || ArrayBuffer.isView(value)) return value;
  throw new codes.ERR_INVALID_ARG_TYPE(name, ['string', 'Buffer', 'TypedArray', 'DataView'], value);
}

// configure gives a context what options say, in Node's order, which errors show.
function configure(context, options) {
  validateObject(options, 'options');
  const { defaults } = exports;
  const { ciphers = defaults.DEFAULT_CIPHERS, ecdhCurve = defaults.DEFAULT_ECDH_CURVE || 'auto', passphrase } = options;
  chooseCiphers(context, ciphers);
  if (options.ca) list(options.ca).forEach((ca) => context.addCACert(text('options.ca', ca)));
  else context.addRootCerts();
  if (options.allowPartialTrustChain) context.setAllowPartialTrustChain();
  if (options.cert) list(options.cert).forEach((cert) => context.setCert(text('options.cert', cert)));
  if (options.key) {
    for (const key of list(options.key)) {
      const single = !Array.isArray(options.key);
      setKey(context, single ? key : key?.pem ?? key, single ? passphrase : key?.passphrase ?? passphrase);
    }
  }
  if (options.sigalgs != null) {
    validateString(options.sigalgs, 'options.sigalgs');
    if (options.sigalgs === '') throw new codes.ERR_INVALID_ARG_VALUE('options.sigalgs', options.sigalgs);
    context.setSigalgs(options.sigalgs);
  }
  refuseEngines(options);
  validateString(ecdhCurve, 'options.ecdhCurve');
  context.setECDHCurve(ecdhCurve);
  if (options.dhparam != null) text('options.dhparam', options.dhparam);
  if (options.crl != null) list(options.crl).forEach((crl) => context.addCRL(text('options.crl', crl)));
  if (options.sessionIdContext != null) {
    validateString(options.sessionIdContext, 'options.sessionIdContext');
    context.setSessionIdContext(options.sessionIdContext);
  }
  if (options.pfx != null) {
    for (const pfx of list(options.pfx)) context.loadPKCS12(pfx.buf || pfx, (Array.isArray(options.pfx) && pfx.passphrase) || passphrase);
  }
  if (options.ticketKeys != null) {
    validateBuffer(options.ticketKeys, 'options.ticketKeys');
    const { byteLength } = options.ticketKeys;
    if (byteLength !== 48) throw new codes.ERR_INVALID_ARG_VALUE('options.ticketKeys', byteLength, 'must be exactly 48 bytes');
    context.setTicketKeys(options.ticketKeys);
  }
  if (options.sessionTimeout != null) {
    validateInt32(options.sessionTimeout, 'options.sessionTimeout', 0);
    context.setSessionTimeout(options.sessionTimeout);
  }
}

function setKey(context, key, passphrase) {
  text('options.key', key);
  if (passphrase != null) validateString(passphrase, 'options.passphrase');
  context.setKey(key, passphrase);
}

// chooseCiphers parts the suites of TLS 1.3, whose names begin with TLS_, from others.
function chooseCiphers(context, ciphers) {
  if (ciphers != null) validateString(ciphers, 'options.ciphers');
  const names = (ciphers || exports.defaults.DEFAULT_CIPHERS).split(':');
  const older = names.filter((name) => name !== '' && !/^!?TLS_/.test(name)).join(':');
  if (names.every((name) => name === '')) throw new codes.ERR_INVALID_ARG_VALUE('options.ciphers', names);
  context.setCiphers(older);
  if (older === '' && context.getMinProto() < 0x304 && context.getMaxProto() > 0x303) context.setMinProto(0x304);
}

function refuseEngines({ key, privateKeyIdentifier, privateKeyEngine, clientCertEngine }) {
  if (privateKeyIdentifier != null) {
    if (privateKeyEngine == null) throw new codes.ERR_INVALID_ARG_VALUE('options.privateKeyEngine', privateKeyEngine);
    if (key) throw new codes.ERR_INVALID_ARG_VALUE('options.privateKeyIdentifier', privateKeyIdentifier);
    throw new codes.ERR_CRYPTO_CUSTOM_ENGINE_NOT_SUPPORTED();
  }
  if (typeof clientCertEngine === 'string') throw new codes.ERR_CRYPTO_CUSTOM_ENGINE_NOT_SUPPORTED();
  if (clientCertEngine != null) throw new codes.ERR_INVALID_ARG_TYPE('options.clientCertEngine', ['string', 'null', 'undefined'], clientCertEngine);
}
