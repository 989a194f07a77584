// Copyright 2026 The duplex authors. MIT license.

// tls.connect.
'use strict';

const net = require('net');
const { codes, define } = require('internal/errors');
const { TLSSocket, confirm, kVerify } = require('internal/tls/socket');

define('ERR_TLS_DH_PARAM_SIZE', Error, (size) => `DH parameter size ${size} is less than 2048`);

const kConnectOptions = Symbol('connect-options');

// normalize makes options of port, host, options, callback, each of which may be missing.
function normalize(list) {
  const [options, callback] = net._normalizeArgs(list);
  for (const more of list.slice(1, 3)) {
    if (more !== null && typeof more === 'object') {
      Object.assign(options, more);
      break;
    }
  }
  return [options, callback];
}

// verify checks the server's certificate, and its name unless a session is resumed, in
// which it was checked.
function verify(socket, options) {
  let error = socket._handle.verifyError();
  if (!error && !socket.isSessionReused()) {
    const hostname = options.servername || options.host || options.socket?._host || 'localhost';
    error = options.checkServerIdentity(hostname, socket.getPeerCertificate(true));
  }
  if (!error) {
    socket.authorized = true;
    return undefined;
  }
  socket.authorized = false;
  socket.authorizationError = error.code || error.message;
  return options.rejectUnauthorized === false ? undefined : error;
}

function onConnectSecure() {
  this.secureConnecting = false;
  this.emit('secureConnect');
  confirm(this);
  this.removeListener('end', onConnectEnd);
}

function onConnectEnd() {
  if (this._hadError) return;
  const { path, host, port, localAddress } = this[kConnectOptions];
  this._hadError = true;
  const error = new Error('Client network socket disconnected before secure TLS connection was established');
  this.destroy(Object.assign(error, { code: 'ECONNRESET', path, host, port, localAddress }));
}

let warned = false;

function warnOfAddress(servername) {
  if (warned || !net.isIP(servername)) return;
  warned = true;
  process.emitWarning('Setting the TLS ServerName to an IP address is not permitted by RFC 6066. This will be ignored in a future version.',
    'DeprecationWarning', 'DEP0123');
}

let allowed;

// allowsAll reports whether the environment has switched off the check of servers.
function allowsAll() {
  if (process.env.NODE_TLS_REJECT_UNAUTHORIZED !== '0') return false;
  if (!allowed) {
    allowed = true;
    process.emitWarning("Setting the NODE_TLS_REJECT_UNAUTHORIZED environment variable to '0' makes TLS connections and HTTPS requests " +
      'insecure by disabling certificate verification.');
  }
  return true;
}

exports.connect = function connect(...args) {
  const [given, callback] = normalize(args);
  const tls = require('tls');
  const options = {
    rejectUnauthorized: !allowsAll(),
    ciphers: tls.DEFAULT_CIPHERS,
    checkServerIdentity: tls.checkServerIdentity,
    minDHSize: 1024,
    ...given,
  };
  if (!options.keepAlive) options.singleUse = true;
  const { minDHSize } = options;
  if (typeof options.checkServerIdentity !== 'function') throw new codes.ERR_INTERNAL_ASSERTION();
  if (typeof minDHSize !== 'number') throw new codes.ERR_INTERNAL_ASSERTION(`options.minDHSize is not a number: ${minDHSize}`);
  if (!(minDHSize > 0)) throw new codes.ERR_INTERNAL_ASSERTION(`options.minDHSize is not a positive number: ${minDHSize}`);
  const socket = new TLSSocket(options.socket, {
    allowHalfOpen: options.allowHalfOpen,
    pipe: Boolean(options.path),
    secureContext: options.secureContext || tls.createSecureContext(options),
    isServer: false,
    requestCert: true,
    rejectUnauthorized: options.rejectUnauthorized !== false,
    session: options.session,
    ALPNProtocols: options.ALPNProtocols,
    requestOCSP: options.requestOCSP,
    enableTrace: options.enableTrace,
    pskCallback: options.pskCallback,
    highWaterMark: options.highWaterMark,
    onread: options.onread,
    signal: options.signal,
  });
  options.rejectUnauthorized = options.rejectUnauthorized !== false;
  Object.defineProperty(socket, kConnectOptions, { value: options });
  socket[kVerify] = () => verify(socket, options);
  if (callback) socket.once('secureConnect', callback);
  if (!options.socket) {
    if (options.timeout) socket.setTimeout(options.timeout);
    socket.connect(options, socket._start);
  }
  socket._releaseControl();
  if (options.session) socket.setSession(options.session);
  if (options.servername) {
    warnOfAddress(options.servername);
    socket.setServername(options.servername);
  }
  if (options.socket) socket._start();
  socket.on('secure', onConnectSecure);
  socket.prependListener('end', onConnectEnd);
  return socket;
};
