// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');
const { absent } = require('internal/absent');

// A server of mail or files makes a context for a STARTTLS that it may never offer. So
// the context can be made, and what would use it refuses.
const tls = absent('tls', 'use net and let a proxy end TLS, or run the script with node');
const SecureContext = tls.type('SecureContext', null, '', function () {
  this.context = {};
});

module.exports = {
  CLIENT_RENEG_LIMIT: 3,
  CLIENT_RENEG_WINDOW: 600,
  DEFAULT_CIPHERS: 'TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256:ECDHE-RSA-AES128-GCM-SHA256:' +
    'ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES256-GCM-SHA384:DHE-RSA-AES128-GCM-SHA256:' +
    'ECDHE-RSA-AES128-SHA256:DHE-RSA-AES128-SHA256:ECDHE-RSA-AES256-SHA384:DHE-RSA-AES256-SHA384:ECDHE-RSA-AES256-SHA256:' +
    'DHE-RSA-AES256-SHA256:HIGH:!aNULL:!eNULL:!EXPORT:!DES:!RC4:!MD5:!PSK:!SRP:!CAMELLIA',
  DEFAULT_ECDH_CURVE: 'auto',
  DEFAULT_MIN_VERSION: 'TLSv1.2',
  DEFAULT_MAX_VERSION: 'TLSv1.3',
  ...tls.functions('getCiphers'),
  rootCertificates: Object.freeze([]), // there are none whom it trusts
  ...tls.functions('convertALPNProtocols checkServerIdentity'),
  createSecureContext: function createSecureContext(options) {
    return new SecureContext();
  },
  SecureContext,
  TLSSocket: tls.type('TLSSocket', net.Socket,
    'disableRenegotiation _wrapHandle _destroySSL _init renegotiate exportKeyingMaterial setMaxSendFragment _handleTimeout _emitTLSError ' +
    '_tlsError _releaseControl _finishInit _start setServername setSession getPeerCertificate getCertificate getPeerX509Certificate ' +
    'getX509Certificate setKeyCert getCipher getSharedSigalgs getEphemeralKeyInfo getFinished getPeerFinished getProtocol getSession ' +
    'getTLSTicket isSessionReused enableTrace'),
  Server: tls.type('Server', net.Server,
    'setSecureContext _getServerData _setServerData getTicketKeys setTicketKeys setOptions addContext'),
  ...tls.functions('createServer connect createSecurePair'),
};
