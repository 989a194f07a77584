// Copyright 2026 The duplex authors. MIT license.

// tls.Server: a net.Server whose clients get a TLSSocket each.
'use strict';

const net = require('net');
const EventEmitter = require('events');
const { codes, define } = require('internal/errors');
const { validateBuffer, validateFunction, validateNumber, validateObject } = require('internal/validators');
const { TLSSocket, kVerify } = require('internal/tls/socket');
const { SecureContext } = require('internal/tls/context');
const { convertALPNProtocols } = require('internal/tls/identity');
const { byContexts } = require('internal/tls/hello');

define('ERR_TLS_ALPN_CALLBACK_WITH_PROTOCOLS', TypeError, 'The ALPNCallback and ALPNProtocols TLS options are mutually exclusive');
define('ERR_TLS_REQUIRED_SERVER_NAME', Error, '"servername" is required parameter for Server.addContext');

const kErrorEmitted = Symbol('error-emitted');
const kHandshakeTimeout = Symbol('handshake-timeout');
const kSNICallback = Symbol('snicallback');
const kEnableTrace = Symbol('enableTrace');
const kPskCallback = Symbol('pskcallback');

function Server(options, listener) {
  if (!(this instanceof Server)) return new Server(options, listener);
  if (typeof options === 'function') {
    listener = options;
    options = {};
  } else if (options == null || typeof options === 'object') {
    options ??= {};
  } else {
    throw new codes.ERR_INVALID_ARG_TYPE('options', 'Object', options);
  }
  this._contexts = [];
  this.requestCert = options.requestCert === true;
  this.rejectUnauthorized = options.rejectUnauthorized !== false;
  this.ALPNCallback = options.ALPNCallback;
  if (this.ALPNCallback && options.ALPNProtocols) throw new codes.ERR_TLS_ALPN_CALLBACK_WITH_PROTOCOLS();
  if (options.sessionTimeout) this.sessionTimeout = options.sessionTimeout;
  if (options.ticketKeys) this.ticketKeys = options.ticketKeys;
  if (options.ALPNProtocols) convertALPNProtocols(options.ALPNProtocols, this);
  this.setSecureContext(options);
  this[kHandshakeTimeout] = options.handshakeTimeout || 120_000;
  this[kSNICallback] = options.SNICallback;
  this[kPskCallback] = options.pskCallback;
  validateNumber(this[kHandshakeTimeout], 'options.handshakeTimeout');
  if (this[kSNICallback]) validateFunction(this[kSNICallback], 'options.SNICallback');
  if (this[kPskCallback]) validateFunction(this[kPskCallback], 'options.pskCallback');
  net.Server.call(this, options, onConnection);
  if (listener) this.on('secureConnection', listener);
  this[kEnableTrace] = options.enableTrace;
}
Object.setPrototypeOf(Server.prototype, net.Server.prototype);
Object.setPrototypeOf(Server, net.Server);
exports.Server = Server;

exports.createServer = function createServer(options, listener) {
  return new Server(options, listener);
};

function onConnection(rawSocket) {
  const socket = new TLSSocket(rawSocket, {
    secureContext: this._sharedCreds,
    isServer: true,
    server: this,
    requestCert: this.requestCert,
    rejectUnauthorized: this.rejectUnauthorized,
    handshakeTimeout: this[kHandshakeTimeout],
    ALPNProtocols: this.ALPNProtocols,
    ALPNCallback: this.ALPNCallback,
    SNICallback: this[kSNICallback] || byContexts,
    enableTrace: this[kEnableTrace],
    pauseOnConnect: this.pauseOnConnect,
    pskCallback: this[kPskCallback],
  });
  socket.on('secure', onSecure);
  if (socket._requestCert && socket._rejectUnauthorized) socket[kVerify] = () => refuses(socket);
  if (this.listenerCount('keylog') > 0) socket.on('keylog', (line) => this.emit('keylog', line, socket));
  socket[kErrorEmitted] = false;
  socket.on('close', onClose);
  socket.on('_tlsError', onError);
  socket.on('error', onError);
}

// refuses reports whether the client's certificate is bad.
function refuses(socket) {
  const error = socket._handle.verifyError();
  if (!error) return false;
  socket.authorizationError = error.code;
  return true;
}

function onSecure() {
  if (this._requestCert) this.authorized = !refuses(this);
  if (!this.destroyed && this._releaseControl()) {
    this.secureConnecting = false;
    this._tlsOptions.server.emit('secureConnection', this);
  }
}

function onError(error) {
  if (this._controlReleased || this[kErrorEmitted]) return;
  this[kErrorEmitted] = true;
  this._tlsOptions.server.emit('tlsClientError', error, this);
}

function onClose(hadError) {
  if (hadError || this._controlReleased || this[kErrorEmitted]) return;
  this[kErrorEmitted] = true;
  const error = Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
  this._tlsOptions.server.emit('tlsClientError', error, this);
}

const credentials = ['pfx', 'key', 'passphrase', 'cert', 'clientCertEngine', 'ca', 'minVersion', 'maxVersion', 'secureProtocol', 'crl', 'ciphers',
  'dhparam'];

Server.prototype.setSecureContext = function (options) {
  validateObject(options, 'options');
  for (const name of credentials) this[name] = options[name] || undefined;
  this.sigalgs = options.sigalgs;
  this.ecdhCurve = options.ecdhCurve;
  this.honorCipherOrder = options.honorCipherOrder !== undefined ? Boolean(options.honorCipherOrder) : true;
  this.secureOptions = options.secureOptions || undefined;
  this.sessionIdContext = options.sessionIdContext || ownName();
  if (options.sessionTimeout) this.sessionTimeout = options.sessionTimeout;
  if (options.ticketKeys) this.ticketKeys = options.ticketKeys;
  this.privateKeyIdentifier = options.privateKeyIdentifier;
  this.privateKeyEngine = options.privateKeyEngine;
  const given = {};
  for (const name of [...credentials, 'sigalgs', 'ecdhCurve', 'honorCipherOrder', 'secureOptions', 'sessionIdContext', 'sessionTimeout',
    'ticketKeys', 'privateKeyIdentifier', 'privateKeyEngine']) given[name] = this[name];
  this._sharedCreds = require('tls').createSecureContext(given);
};

// ownName is the name under which the program's sessions are resumed.
function ownName() {
  return require('crypto').createHash('sha1').update(process.argv.join(' ')).digest('hex').slice(0, 32);
}

Server.prototype._getServerData = function () {
  return { ticketKeys: this.getTicketKeys().toString('hex') };
};

Server.prototype._setServerData = function (data) {
  this.setTicketKeys(Buffer.from(data.ticketKeys, 'hex'));
};

Server.prototype.getTicketKeys = function getTicketKeys() {
  return this._sharedCreds.context.getTicketKeys();
};

Server.prototype.setTicketKeys = function setTicketKeys(keys) {
  validateBuffer(keys);
  if (keys.byteLength !== 48) throw new codes.ERR_INTERNAL_ASSERTION('Session ticket keys must be a 48-byte buffer');
  this._sharedCreds.context.setTicketKeys(keys);
};

Server.prototype.setOptions = require('util').deprecate(function (options) {
  this.requestCert = options.requestCert === true;
  this.rejectUnauthorized = options.rejectUnauthorized !== false;
  for (const name of [...credentials, 'sessionTimeout', 'ticketKeys', 'secureOptions', 'sigalgs']) {
    if (options[name]) this[name] = options[name];
  }
  for (const name of ['ecdhCurve', 'privateKeyIdentifier', 'privateKeyEngine']) {
    if (options[name] !== undefined) this[name] = options[name];
  }
  this.honorCipherOrder = options.honorCipherOrder !== undefined ? Boolean(options.honorCipherOrder) : true;
  if (options.ALPNProtocols) convertALPNProtocols(options.ALPNProtocols, this);
  this.sessionIdContext = options.sessionIdContext || ownName();
  if (options.pskCallback) this[kPskCallback] = options.pskCallback;
}, 'Server.prototype.setOptions() is deprecated', 'DEP0122');

// addContext has the clients that ask for a name, in which * stands for one part, get a
// context of their own.
Server.prototype.addContext = function (servername, context) {
  if (!servername) throw new codes.ERR_TLS_REQUIRED_SERVER_NAME();
  const pattern = new RegExp(`^${servername.replace(/([.^$+?\-\\[\]{}])/g, '\\$1').replaceAll('*', '[^.]*')}$`);
  const made = context instanceof SecureContext ? context : require('tls').createSecureContext(context);
  this._contexts.push([pattern, made.context]);
};

Server.prototype[EventEmitter.captureRejectionSymbol] = function (error, event, socket) {
  if (event === 'secureConnection') socket.destroy(error);
  else net.Server.prototype[EventEmitter.captureRejectionSymbol].call(this, error, event, socket);
};
