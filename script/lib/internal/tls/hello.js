// Copyright 2026 The duplex authors. MIT license.

// What a server's script is asked about a client's hello: which context the name has, what
// OCSP says, which protocol it is.
'use strict';

const { codes, define } = require('internal/errors');
const { validateFunction } = require('internal/validators');
const { Native } = require('internal/tls/context');

define('ERR_TLS_ALPN_CALLBACK_INVALID_RESULT', TypeError, (value, protocols) =>
  `ALPN callback returned a value (${value}) that did not match any of the client's offered protocols (${protocols.join(', ')})`);

const callbacks = new WeakMap(); // ALPNCallback by socket

// byContexts is the SNICallback of a server with contexts of addContext: the newest wins.
exports.byContexts = function SNICallback(servername, callback) {
  const found = this.server._contexts.findLast(([pattern]) => pattern.test(servername));
  callback(null, found?.[1]);
};

// prepare takes what a server's socket needs from its options.
exports.prepare = function (socket, { isServer, ALPNCallback, SNICallback, server }) {
  if (!isServer) return;
  if (ALPNCallback) {
    validateFunction(ALPNCallback, 'options.ALPNCallback');
    callbacks.set(socket, ALPNCallback);
  }
  if (SNICallback && (SNICallback !== exports.byContexts || server?._contexts.length > 0)) {
    validateFunction(SNICallback, 'options.SNICallback');
    socket._SNICallback = SNICallback;
  }
};

// asks reports whether a hello is of interest.
exports.asks = (socket) => Boolean(socket._tlsOptions.isServer &&
  (callbacks.has(socket) || socket._SNICallback || socket.server?.listenerCount('OCSPRequest') > 0));

// once returns a callback that passes on a result, and destroys the socket for an error or
// if it is called again.
function once(socket, f) {
  let called = false;
  return (error, result) => {
    if (called) {
      socket.destroy(new codes.ERR_MULTIPLE_CALLBACK());
      return;
    }
    called = true;
    if (error) socket.destroy(error);
    else if (socket._handle === null) socket.destroy(new codes.ERR_SOCKET_CLOSED());
    else f(result);
  };
}

// answer answers a hello, once the script has.
exports.answer = function (socket, servername, protocols, wantsOCSP) {
  if (servername) socket.servername = servername;
  if (!servername || !socket._SNICallback) {
    askOCSP(socket, undefined, servername, protocols, wantsOCSP);
    return;
  }
  try {
    socket._SNICallback(servername, once(socket, (found) => {
      const context = found ? found.context || found : undefined;
      if (context && !(context instanceof Native)) socket.destroy(new codes.ERR_TLS_INVALID_CONTEXT('context'));
      else askOCSP(socket, context, servername, protocols, wantsOCSP);
    }));
  } catch (error) {
    socket.destroy(error);
  }
};

function askOCSP(socket, context, servername, protocols, wantsOCSP) {
  const done = (staple) => {
    const protocol = choose(socket, servername, protocols);
    if (!socket.destroyed && socket._handle) socket._handle.answer(context, protocol, staple || undefined);
  };
  const { server } = socket;
  const asked = context || server?._sharedCreds?.context;
  if (!wantsOCSP || !asked || server.listenerCount('OCSPRequest') === 0) done();
  else server.emit('OCSPRequest', asked.getCertificate(), asked.getIssuer(), once(socket, done));
}

// choose returns one of the client's protocols, '' for what ALPNProtocols say, and
// undefined to refuse them all.
function choose(socket, servername, protocols) {
  const callback = callbacks.get(socket);
  if (!callback || protocols.length === 0) return '';
  try {
    const chosen = callback.call(socket, { servername: servername || false, protocols: [...protocols] });
    if (chosen !== undefined && !protocols.includes(chosen)) throw new codes.ERR_TLS_ALPN_CALLBACK_INVALID_RESULT(chosen, protocols);
    return chosen;
  } catch (error) {
    socket.destroy(error);
    return undefined;
  }
}
