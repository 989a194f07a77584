// Copyright 2026 The duplex authors. MIT license.

'use strict';

const http = require('http');
const tls = require('tls');
const { absent } = require('internal/absent');
const { agent } = require('internal/http_agent');

const https = absent('https', 'run the script with node');
const Agent = agent(https, http.Agent, 'createConnection getName _getSession _cacheSession _evictSession', { port: 443, protocol: 'https:' });

module.exports = {
  Agent,
  globalAgent: new Agent({ keepAlive: true, scheduling: 'lifo', timeout: 5000 }),
  Server: https.type('Server', tls.Server, 'closeAllConnections closeIdleConnections setTimeout close'),
  ...https.functions('createServer get request'),
};
