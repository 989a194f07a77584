// Copyright 2026 The duplex authors. MIT license.

// What scripts find as tlsSocket._handle and tlsSocket.ssl: the handle of a connection
// with TLS on it (script/tls.go). It shares its native with the handle of the connection.
'use strict';

const { LibuvStreamWrap, owner, kNative, carry } = require('internal/net_handle');
const { X509Certificate } = require('internal/crypto/certificate');
const { ended } = require('internal/net_socket');
const { from } = require('internal/uv');
const native = binding('tls');

const kStart = Symbol('start');
const kSettings = Symbol('settings');
exports.kStart = kStart;

// A socket that waits for TLS to begin has this method if that is when it is held.
exports.kHold = Symbol('hold');

// errorOf is an error of OpenSSL's.
function errorOf(code, message, reason) {
  return Object.assign(new Error(message), { library: 'SSL routines', reason, code });
}
exports.errorOf = errorOf;

// legacy is a certificate in the form of getPeerCertificate. With its chain, each has the
// one of its issuer, and that of an authority itself.
function legacy(chain, detailed) {
  if (chain === undefined || chain.length === 0) return undefined;
  const all = (detailed ? chain : chain.slice(0, 1)).map((der) => new X509Certificate(der));
  const found = all.map((certificate) => certificate.toLegacyObject());
  if (detailed) {
    found.forEach((certificate, i) => {
      if (i + 1 < found.length) certificate.issuerCertificate = found[i + 1];
      else if (all[i].checkIssued(all[i])) certificate.issuerCertificate = certificate;
    });
  }
  return found[0];
}

class TLSWrap extends LibuvStreamWrap {
  constructor(parent, parentWrap, context, isServer) {
    super();
    carry(this, parent);
    this._parent = parent;
    this._parentWrap = parentWrap;
    this._secureContext = context;
    this.reading = parent.reading;
    Object.defineProperty(this, kSettings, { value: { server: isServer, context: context.context.native, requests: false, requires: false } });
  }

  // Closes the connection: that of the socket below, if there is one.
  close(callback) {
    const socket = this[owner];
    if (socket) socket.ssl = null;
    const done = () => callback?.call(this);
    const wrap = this._parentWrap;
    if (wrap && wrap._handle === null) {
      done();
    } else if (wrap && wrap._handle === this._parent) {
      wrap.once('close', done);
      wrap.destroy();
    } else {
      this._parent.close(done);
    }
  }

  // [kStart] begins TLS; what had arrived before is its first input.
  [kStart](options, received) {
    return native.start(this[kNative], this, { ...this[kSettings], ...options }, received);
  }

  setVerifyMode(requestCert, rejectUnauthorized) {
    this[kSettings].requests = requestCert;
    this[kSettings].requires = requestCert && rejectUnauthorized;
  }

  setServername(name) { this[kSettings].servername = name; }
  setSession(session) { this[kSettings].session = session; }
  setALPNProtocols(protocols) { this[kSettings].protocols = protocols; }

  // A server may also choose when it is asked about a hello.
  setKeyCert(context) {
    this[kSettings].context = context.native;
    this[kSettings].chosen = context.native;
  }

  requestOCSP() { this[kSettings].staples = true; }
  proceed() { native.proceed(this[kNative]); }

  answer(context, protocol, staple) {
    native.answer(this[kNative], this[kSettings].chosen ?? context?.native, protocol, staple);
  }


  verifyError() {
    const verdict = native.verdict(this[kNative]);
    if (verdict === undefined) return null;
    return Object.assign(new Error(verdict[1]), { code: verdict[0] });
  }

  getALPNNegotiatedProtocol() { return native.alpn(this[kNative]) ?? false; }
  getServername() { return native.servername(this[kNative]) ?? this[kSettings].servername ?? false; }
  isSessionReused() { return native.reused(this[kNative]) ?? false; }
  getProtocol() { return native.protocol(this[kNative]) ?? 'TLSv1.3'; }
  getSession() { return native.session(this[kNative]); }
  getTLSTicket() { return native.ticket(this[kNative]); }

  getCipher() {
    const cipher = native.cipher(this[kNative]);
    return cipher && { name: cipher[0], standardName: cipher[1], version: cipher[2] };
  }

  getEphemeralKeyInfo() {
    if (this[kSettings].server) return null;
    const found = native.ephemeral(this[kNative]);
    return found ? { type: found[0], name: found[1], size: found[2] } : {};
  }

  getPeerCertificate(detailed) { return legacy(native.peer(this[kNative]), detailed); }

  getCertificate() {
    const der = native.own(this[kNative]);
    return der && legacy([der], false);
  }

  getPeerX509Certificate() {
    const chain = native.peer(this[kNative]) ?? [];
    return chain.length > 0 ? new X509Certificate(chain[0]) : undefined;
  }

  getX509Certificate() {
    const der = native.own(this[kNative]);
    return der && new X509Certificate(der);
  }

  // Of a whole handshake up to TLS 1.2, the client's message is known, and no other.
  getFinished() { return this[kSettings].server ? undefined : finished(this); }
  getPeerFinished() { return this[kSettings].server ? finished(this) : undefined; }
  getSharedSigalgs() { return []; }
  exportKeyingMaterial(length, label, context) { return native.exported(this[kNative], length, label, context); }
  setMaxSendFragment(size) { return size === 16384 ? 1 : 0; }
  enableTrace() {}
  destroySSL() {}

  renegotiate() {
    if (this.getProtocol() === 'TLSv1.3') {
      throw errorOf('ERR_SSL_WRONG_SSL_VERSION', 'error:0A00010A:SSL routines::wrong ssl version', 'wrong ssl version');
    }
    throw errorOf('ERR_SSL_NO_RENEGOTIATION', 'error:0A000153:SSL routines::no renegotiation', 'no renegotiation');
  }
}
exports.TLSWrap = TLSWrap;

const finished = (handle) => (handle.isSessionReused() ? undefined : native.finished(handle[kNative]));

for (const name of ['open', 'bind', 'listen', 'bind6', 'getsockname', 'getpeername', 'setNoDelay', 'setKeepAlive', 'setBlocking']) {
  TLSWrap.prototype[name] = function (...args) {
    return this._parent[name]?.(...args);
  };
}

// What Go tells; this is the handle.
native.hear({
  secured() { this.onhandshakedone(); },
  verify() { this.onverify(); },
  hello(servername, protocols, wantsOCSP) { this.onhello(servername, protocols, wantsOCSP); },
  keylog(line) { this.onkeylog(line); },
  session(session) { this.onnewsession?.(session); },
  staple(response) { this.onocspresponse?.(response); },
  refused(code, message, reason) {
    this.onerror(from(errorOf(code, message, reason)));
    if (this[owner] && !this[owner].destroyed) ended.call(this); // nothing follows an alert
  },
});
