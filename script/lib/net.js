// Copyright 2026 The duplex authors. MIT license.

'use strict';

const { validateBoolean, validateInt32 } = require('internal/validators');
const handles = require('internal/net_handle');
const sockets = require('internal/net_socket');
const connecting = require('internal/net_connect');
const servers = require('internal/net_server');
const { isIP, isIPv4, isIPv6 } = require('internal/net_address');
const watch = require('internal/net_watch');

const { Socket } = sockets;
const { Server } = servers;
const { defaults, normalize } = connecting;

binding('net').hear({
  data: sockets.data,
  filled: sockets.filled,
  ended: sockets.ended,
  failed: sockets.failed,
  written: sockets.written,
  attempt: connecting.attempt,
  missed: connecting.missed,
  connected: connecting.connected,
  accepted: servers.accepted,
});

let warned = false;

function connect(...args) {
  const normalized = normalize(args);
  const [options] = normalized;
  const socket = new Socket(options);
  if (watch.tell) watch.tell('net.client.socket', { socket });
  if (options.timeout) socket.setTimeout(options.timeout);
  return socket.connect(normalized);
}

function createServer(options, connectionListener) {
  return new Server(options, connectionListener);
}

module.exports = {
  _createServerHandle: servers.createServerHandle,
  _normalizeArgs: function normalizeArgs(args) {
    return normalize(args);
  },
  _setSimultaneousAccepts() {
    if (warned) return;
    warned = true;
    process.emitWarning('net._setSimultaneousAccepts() is deprecated and will be removed.', 'DeprecationWarning', 'DEP0121');
  },
  get BlockList() {
    return require('internal/blocklist').BlockList;
  },
  get SocketAddress() {
    return require('internal/blocklist').SocketAddress;
  },
  connect,
  createConnection: connect,
  createServer,
  isIP,
  isIPv4,
  isIPv6,
  Server,
  Socket,
  Stream: Socket,
  getDefaultAutoSelectFamily() {
    return defaults.autoSelectFamily;
  },
  setDefaultAutoSelectFamily(value) {
    validateBoolean(value, 'value');
    defaults.autoSelectFamily = value;
  },
  getDefaultAutoSelectFamilyAttemptTimeout() {
    return defaults.attemptTimeout;
  },
  setDefaultAutoSelectFamilyAttemptTimeout(value) {
    validateInt32(value, 'value', 1);
    defaults.attemptTimeout = Math.max(value, 10);
  },
};
