// Copyright 2026 The duplex authors. MIT license.

// TLSSocket: a net.Socket whose handle has TLS.
'use strict';

const net = require('net');
const { codes, define } = require('internal/errors');
const { validateBoolean, validateBuffer, validateFunction, validateInt32, validateObject, validateString, validateUint32 } =
  require('internal/validators');
const { TCP, Pipe, owner, isHandle } = require('internal/net_handle');
const { TLSWrap, kStart, kHold } = require('internal/tls/handle');
const { Native, SecureContext, createSecureContext } = require('internal/tls/context');
const { convertALPNProtocols } = require('internal/tls/identity');
const hellos = require('internal/tls/hello');

define('ERR_TLS_HANDSHAKE_TIMEOUT', Error, 'TLS handshake timeout');
define('ERR_TLS_INVALID_STATE', Error, 'TLS socket connection must be securely established');
define('ERR_TLS_SNI_FROM_SERVER', Error, 'Cannot issue SNI from a TLS server-side socket');

const { Socket } = net;

const kAsked = Symbol('asked'); // _start was called
const kBegun = Symbol('begun'); // TLS has begun
const kHeld = Symbol('held'); // a write, or the end, that waits for that
const kReady = Symbol('ready'); // nothing else has to come before
const kVerified = Symbol('verified');
const kPendingSession = Symbol('pendingSession');
const kVerify = Symbol('verify'); // how the peer is checked: () → error or undefined
exports.kVerify = kVerify;

function TLSSocket(socket, opts) {
  const options = { ...opts };
  if (options.enableTrace != null) validateBoolean(options.enableTrace, 'options.enableTrace');
  if (options.ALPNProtocols) convertALPNProtocols(options.ALPNProtocols, options);
  this._tlsOptions = options;
  this._secureEstablished = false;
  this._securePending = false;
  this._newSessionPending = false;
  this._controlReleased = false;
  this.secureConnecting = true;
  this._SNICallback = null;
  this.servername = null;
  this.alpnProtocol = null;
  this.authorized = false;
  this.authorizationError = null;
  this.encrypted = true;
  const wrap = wrapped(socket);
  Socket.call(this, {
    handle: this._wrapHandle(wrap, wrap?._handle),
    allowHalfOpen: socket ? socket.allowHalfOpen : options.allowHalfOpen,
    pauseOnCreate: options.pauseOnConnect,
    manualStart: true,
    highWaterMark: options.highWaterMark,
    onread: socket ? null : options.onread,
    signal: options.signal,
  });
  for (const [key, value] of [
    [kAsked, Boolean(options.isServer)], [kBegun, false], [kHeld, null], [kReady, false], [kVerified, false], [kPendingSession, null],
    [kVerify, null],
  ]) Object.defineProperty(this, key, { value, writable: true });
  wait(this);
  this.ssl = this._handle;
  this.on('close', onClose);
  this.on('error', this._tlsError);
  this._init(socket, wrap);
  if (wrap && wrap.writableLength > 0) { // what was written before goes first
    wrap.write('', (error) => {
      if (error) this.destroy(error);
      else process.nextTick(ready, this, wrap);
    });
  } else {
    process.nextTick(ready, this, wrap);
  }
  process.nextTick(() => {
    if (this._handle) this.read(0);
  });
}
Object.setPrototypeOf(TLSSocket.prototype, Socket.prototype);
Object.setPrototypeOf(TLSSocket, Socket);
exports.TLSSocket = TLSSocket;

// wrapped returns a socket with a handle of ours that carries what is written to socket, or
// null without one.
function wrapped(socket) {
  if (!socket) return null;
  if (socket instanceof Socket && isHandle(socket._handle) && !(socket._handle instanceof TLSWrap)) return socket;
  return new (require('internal/tls/stream').JSStreamSocket)(socket);
}

function onClose() {
  this[kHeld]?.callback(null);
  setImmediate(() => this._destroySSL());
}

// ready lets TLS begin as soon as it was asked to, which is now for a server.
function ready(socket, wrap) {
  socket[kReady] = true;
  begin(socket, wrap);
}

// begin begins TLS on the connection. What the socket below has read, and its script has
// not, is the first that TLS reads.
function begin(socket, wrap = socket._handle?._parentWrap) {
  if (socket[kBegun] || !socket[kAsked] || !socket[kReady] || !socket._handle || socket.connecting) return;
  socket[kBegun] = true;
  wrap?.[kHold]?.();
  const received = [];
  while (wrap?.readableLength) {
    const chunk = wrap.read();
    if (chunk === null) break;
    received.push(typeof chunk === 'string' ? Buffer.from(chunk, wrap.readableEncoding) : chunk);
  }
  const errno = socket._handle[kStart]({
    asks: hellos.asks(socket),
    checks: socket[kVerify] !== null,
    keylog: socket.listenerCount('keylog') > 0,
  }, received);
  if (errno) {
    socket.destroy(require('internal/uv').errnoException(errno, 'read'));
    return;
  }
  for (const name in waiting) delete socket[name];
  const held = socket[kHeld];
  socket[kHeld] = null;
  held?.go();
}

// What is written before TLS has begun waits for it, and is never sent as it is. So the
// socket has methods of its own until then.
const waiting = {
  _write(chunk, encoding, callback) {
    const go = () => Socket.prototype._write.call(this, chunk, encoding, callback);
    if (this.connecting || !this._handle) go();
    else this[kHeld] = { go, callback };
  },
  _writeGeneric(several, what, encoding, callback) {
    const go = () => Socket.prototype._writeGeneric.call(this, several, what, encoding, callback);
    if (this.connecting || !this._handle) go();
    else this[kHeld] = { go, callback };
  },
  _final(callback) {
    const go = () => Socket.prototype._final.call(this, callback);
    if (this.pending) go();
    else this[kHeld] = { go, callback };
  },
};

function wait(socket) {
  for (const [name, value] of Object.entries(waiting)) Object.defineProperty(socket, name, { value, writable: true, configurable: true });
}

TLSSocket.prototype.disableRenegotiation = function disableRenegotiation() {}; // there is none

TLSSocket.prototype._wrapHandle = function (wrap, handle) {
  const options = this._tlsOptions;
  if (!handle) {
    handle = options.pipe ? new Pipe(Pipe.constants.SOCKET) : new TCP(TCP.constants.SOCKET);
    handle[owner] = this;
  }
  const context = options.secureContext || options.credentials || createSecureContext(options);
  if (!(context.context instanceof Native)) throw new codes.ERR_TLS_INVALID_CONTEXT('context');
  if (wrap) wrap.on('close', () => this.destroy());
  return new TLSWrap(handle, wrap, context, Boolean(options.isServer));
};

TLSSocket.prototype._destroySSL = function _destroySSL() {
  if (!this.ssl) return;
  this.ssl.destroySSL();
  this.ssl = null;
  this[kPendingSession] = null;
  this[kVerified] = false;
};

TLSSocket.prototype._init = function (socket, wrap) {
  const options = this._tlsOptions;
  const handle = this._handle;
  this.server = options.server;
  this._requestCert = Boolean(options.requestCert) || !options.isServer;
  this._rejectUnauthorized = Boolean(options.rejectUnauthorized);
  handle.setVerifyMode(this._requestCert, this._rejectUnauthorized);
  handle.onhandshakedone = () => this._finishInit();
  handle.onverify = () => onVerify(this);
  handle.onhello = (...hello) => hellos.answer(this, ...hello);
  handle.onkeylog = (line) => this.emit('keylog', line);
  handle.onerror = onError;
  if (!options.isServer) {
    handle.onocspresponse = (response) => this.emit('OCSPResponse', response);
    handle.onnewsession = (session) => {
      if (this[kVerified]) this.emit('session', session);
      else this[kPendingSession] = session;
    };
    if (options.session) handle.setSession(options.session);
  }
  hellos.prepare(this, options);
  if (options.ALPNProtocols) handle.setALPNProtocols(options.ALPNProtocols);
  if (options.pskCallback) {
    const error = new Error('duplex has no keys that are shared before, so pskCallback does not work');
    throw Object.assign(error, { code: 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM' });
  }
  if (options.handshakeTimeout > 0) this.setTimeout(options.handshakeTimeout, this._handleTimeout);
  if (socket instanceof Socket) {
    this._parent = socket;
    this.connecting = socket.connecting || !socket._handle;
    socket.once('connect', () => {
      this.connecting = false;
      this.emit('connect');
      begin(this);
    });
  }
  if (wrap) wrap.on('error', (error) => this._emitTLSError(error));
  else this.connecting = true;
};

// onVerify decides about the peer before it is told that the handshake is complete.
function onVerify(socket) {
  const error = socket[kVerify]();
  if (socket.destroyed || !socket._handle) return;
  if (error) socket.destroy(error === true ? undefined : error);
  else socket._handle.proceed();
}

function onError(error) {
  const socket = this[owner];
  if (!socket || socket._hadError) return;
  socket._hadError = true;
  if (!socket._secureEstablished) {
    socket._closeAfterHandlingError = true;
    socket.destroy(error);
  } else if (socket._tlsOptions.isServer && socket._rejectUnauthorized && /peer did not return a certificate/.test(error.message)) {
    socket.destroy();
  } else {
    socket._emitTLSError(error);
  }
}

TLSSocket.prototype.renegotiate = function (options, callback) {
  validateObject(options, 'options');
  if (callback !== undefined) validateFunction(callback, 'callback');
  if (this.destroyed) return undefined;
  try {
    this._handle.renegotiate();
  } catch (error) {
    if (callback) process.nextTick(callback, error);
  }
  return false;
};

TLSSocket.prototype.exportKeyingMaterial = function (length, label, context) {
  validateUint32(length, 'length', true);
  validateString(label, 'label');
  if (context !== undefined) validateBuffer(context, 'context');
  if (!this._secureEstablished) throw new codes.ERR_TLS_INVALID_STATE();
  return this._handle.exportKeyingMaterial(length, label, context);
};

TLSSocket.prototype.setMaxSendFragment = function setMaxSendFragment(size) {
  validateInt32(size, 'size');
  return this._handle.setMaxSendFragment(size) === 1;
};

TLSSocket.prototype._handleTimeout = function () {
  this._emitTLSError(new codes.ERR_TLS_HANDSHAKE_TIMEOUT());
};

TLSSocket.prototype._emitTLSError = function (err) {
  const e = this._tlsError(err);
  if (e) this.emit('error', e);
};

// Until control is released the socket is its server's, which emits the error.
TLSSocket.prototype._tlsError = function (err) {
  this.emit('_tlsError', err);
  return this._controlReleased ? err : null;
};

TLSSocket.prototype._releaseControl = function () {
  if (this._controlReleased) return false;
  this._controlReleased = true;
  this.removeListener('error', this._tlsError);
  return true;
};

TLSSocket.prototype._finishInit = function () {
  if (!this._handle) return;
  this.alpnProtocol = this._handle.getALPNNegotiatedProtocol();
  if (this.servername === null) this.servername = this._handle.getServername();
  this._secureEstablished = true;
  if (this._tlsOptions.handshakeTimeout > 0) this.setTimeout(0, this._handleTimeout);
  this.emit('secure');
};

TLSSocket.prototype._start = function () {
  if (this.connecting) {
    this.once('connect', this._start);
    return;
  }
  if (!this._handle) return;
  if (this._tlsOptions.requestOCSP) this._handle.requestOCSP();
  this[kAsked] = true;
  begin(this);
};

// confirm is called by connect once the peer is accepted.
exports.confirm = function (socket) {
  socket[kVerified] = true;
  const session = socket[kPendingSession];
  socket[kPendingSession] = null;
  if (session) socket.emit('session', session);
};

TLSSocket.prototype.setServername = function (name) {
  validateString(name, 'name');
  if (this._tlsOptions.isServer) throw new codes.ERR_TLS_SNI_FROM_SERVER();
  this._handle.setServername(name);
};

TLSSocket.prototype.setSession = function (session) {
  this._handle.setSession(typeof session === 'string' ? Buffer.from(session, 'latin1') : session);
};

TLSSocket.prototype.getPeerCertificate = function (detailed) {
  return this._handle ? this._handle.getPeerCertificate(detailed) || {} : null;
};

TLSSocket.prototype.getCertificate = function () {
  return this._handle ? this._handle.getCertificate() || {} : null;
};

TLSSocket.prototype.getPeerX509Certificate = function (detailed) {
  return this._handle?.getPeerX509Certificate();
};

TLSSocket.prototype.getX509Certificate = function () {
  return this._handle?.getX509Certificate();
};

TLSSocket.prototype.setKeyCert = function (context) {
  if (this._handle) this._handle.setKeyCert((context instanceof SecureContext ? context : createSecureContext(context)).context);
};

for (const name of ['getCipher', 'getSharedSigalgs', 'getEphemeralKeyInfo', 'getFinished', 'getPeerFinished', 'getProtocol', 'getSession',
  'getTLSTicket', 'isSessionReused', 'enableTrace']) {
  TLSSocket.prototype[name] = { [name](...args) { return this._handle ? this._handle[name](...args) : null; } }[name];
}
