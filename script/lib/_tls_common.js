// Copyright 2026 The duplex authors. MIT license.

'use strict';

const { SecureContext, createSecureContext } = require('tls');

module.exports = {
  SecureContext,
  createSecureContext,
  translatePeerCertificate: function translatePeerCertificate(certificate) {
    return certificate || null; // it has that form
  },
};
