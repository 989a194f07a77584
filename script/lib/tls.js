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

module.exports = {
  CLIENT_RENEG_LIMIT: 3,
  CLIENT_RENEG_WINDOW: 600,
  DEFAULT_CIPHERS: defaultCipherList,
  DEFAULT_ECDH_CURVE: 'auto',
  DEFAULT_MIN_VERSION: 'TLSv1.2',
  DEFAULT_MAX_VERSION: 'TLSv1.3',
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
