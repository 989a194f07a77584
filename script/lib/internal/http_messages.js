// Copyright 2026 The duplex authors. MIT license.

// The classes of http, by all the names they have.

'use strict';

const EventEmitter = require('events');
const { Readable, Stream } = require('stream');
const net = require('net');
const { absent } = require('internal/absent');
const { agent } = require('internal/http_agent');
const { METHODS, STATUS_CODES, validateHeaderName, validateHeaderValue } = require('internal/http_names');

const http = absent('http', 'use net, or run the script with node');

const Agent = agent(http, EventEmitter, 'createConnection getName addRequest createSocket removeSocket keepSocketAlive reuseSocket', {
  port: 80, protocol: 'http:',
});
Agent.prototype.destroy = function destroy() {}; // there is nothing to destroy
Agent.defaultMaxSockets = Infinity;

const IncomingMessage = http.type('IncomingMessage', Readable,
  'connection@ headers@ headersDistinct@ trailers@ trailersDistinct@ setTimeout _read _destroy _addHeaderLines _addHeaderLine ' +
  '_addHeaderLineDistinct _dump');
const OutgoingMessage = http.type('OutgoingMessage', Stream,
  'errored@ closed@ writableFinished@ writableObjectMode@ writableLength@ writableHighWaterMark@ writableCorked@ _headers@ connection@ ' +
  '_headerNames@ _renderHeaders cork uncork setTimeout destroy _send _writeRaw _storeHeader setHeader setHeaders appendHeader getHeader ' +
  'getHeaderNames getRawHeaderNames getHeaders hasHeader removeHeader _implicitHeader headersSent@ writableEnded@ writableNeedDrain@ ' +
  'write addTrailers end _finish _flush _flushOutput flushHeaders pipe');
const ClientRequest = http.type('ClientRequest', OutgoingMessage,
  '_finish _implicitHeader abort destroy onSocket _deferToConnect setTimeout setNoDelay setSocketKeepAlive clearTimeout');
const ServerResponse = http.type('ServerResponse', OutgoingMessage,
  '_finish assignSocket detachSocket writeContinue writeProcessing writeEarlyHints _implicitHeader writeHead writeHeader');
ServerResponse.prototype.statusCode = 200;
ServerResponse.prototype.statusMessage = undefined;
const Server = http.type('Server', net.Server, 'close closeAllConnections closeIdleConnections setTimeout');

let globalAgent;

module.exports = {
  ...http.functions('_connectionListener'),
  METHODS,
  STATUS_CODES,
  Agent,
  ClientRequest,
  IncomingMessage,
  OutgoingMessage,
  Server,
  ServerResponse,
  ...http.functions('createServer'),
  validateHeaderName,
  validateHeaderValue,
  ...http.functions('get request'),
  setMaxIdleHTTPParsers(max) {
    require('internal/validators').validateInteger(max, 'max', 1);
  },
};
Object.defineProperties(module.exports, {
  maxHeaderSize: { get: () => 16384, enumerable: true, configurable: true },
  globalAgent: {
    get: () => (globalAgent ??= new Agent({ keepAlive: true, scheduling: 'lifo', timeout: 5000 })),
    set(value) {
      globalAgent = value;
    },
    enumerable: true,
    configurable: true,
  },
});
