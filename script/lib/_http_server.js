// Copyright 2026 The duplex authors. MIT license.

'use strict';

const { STATUS_CODES, Server, ServerResponse, _connectionListener } = require('http');
const { absent } = require('internal/absent');

const http = absent('http', 'use net, or run the script with node');

module.exports = {
  STATUS_CODES,
  Server,
  ServerResponse,
  ...http.functions('setupConnectionsTracking storeHTTPOptions'),
  _connectionListener,
  kServerResponse: Symbol('ServerResponse'),
  ...http.functions('httpServerPreClose'),
  kConnectionsCheckingInterval: Symbol('http.server.connectionsCheckingInterval'),
};
