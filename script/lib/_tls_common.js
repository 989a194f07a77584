// Copyright 2026 The duplex authors. MIT license.

'use strict';

const { SecureContext, createSecureContext } = require('tls');
const { absent } = require('internal/absent');

module.exports = {
  SecureContext,
  createSecureContext,
  ...absent('tls', 'use net and let a proxy end TLS, or run the script with node').functions('translatePeerCertificate'),
};
