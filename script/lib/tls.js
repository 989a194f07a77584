// Copyright 2026 The duplex authors. MIT license.

// tls, over package duplex's TLS (script/tls.go).
'use strict';

const context = require('internal/tls/context');
const identity = require('internal/tls/identity');
const { TLSSocket } = require('internal/tls/socket');
const { Server, createServer } = require('internal/tls/server');
const { connect } = require('internal/tls/connect');
const native = binding('tls');

const { defaultCipherList } = require('internal/crypto/constants');
let roots;

// option returns the first of Node's options that a script was started with, of several.
const option = (...names) => names.find((name) => process.execArgv.includes(`--tls-${name}`))?.replace(/^.*-v/, 'TLSv');

function cipherList() {
  const at = process.execArgv.findIndex((one) => /^--tls-cipher-list(=|$)/.test(one));
  return at < 0 ? undefined : /=(.*)/.exec(process.execArgv[at])?.[1] ?? process.execArgv[at + 1];
}

module.exports = {
  CLIENT_RENEG_LIMIT: 3,
  CLIENT_RENEG_WINDOW: 600,
  DEFAULT_CIPHERS: cipherList() ?? defaultCipherList,
  DEFAULT_ECDH_CURVE: 'auto',
  DEFAULT_MIN_VERSION: option('min-v1.0', 'min-v1.1', 'min-v1.2', 'min-v1.3')?.replace('v1.0', 'v1') ?? 'TLSv1.2',
  DEFAULT_MAX_VERSION: option('max-v1.3', 'max-v1.2') ?? 'TLSv1.3',
  getCiphers: (() => () => [...native.ciphers])(), // it has no name
  get rootCertificates() {
    return roots ??= Object.freeze(native.roots());
  },
  convertALPNProtocols: identity.convertALPNProtocols,
  checkServerIdentity: identity.checkServerIdentity,
  createSecureContext: context.createSecureContext,
  SecureContext: context.SecureContext,
  TLSSocket,
  Server,
  createServer,
  connect,
  createSecurePair: require('util').deprecate(function createSecurePair() {
    const error = new Error('duplex has no tls.createSecurePair(); use tls.TLSSocket');
    throw Object.assign(error, { code: 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM' });
  }, 'tls.createSecurePair() is deprecated. Please use tls.TLSSocket instead.', 'DEP0064'),
};
Object.defineProperty(module.exports, 'rootCertificates', { configurable: false });
context.defaults = module.exports;
