// Copyright 2026 The duplex authors. MIT license.

'use strict';

const { Readable, Stream } = require('stream');
const { absent } = require('internal/absent');

const http2 = absent('http2', 'run the script with node');

module.exports = {
  ...http2.functions('connect'),
  constants: require('internal/http2_constants'),
  ...http2.functions('createServer createSecureServer getDefaultSettings getPackedSettings getUnpackedSettings performServerHandshake'),
  sensitiveHeaders: Symbol('nodejs.http2.sensitiveHeaders'),
  Http2ServerRequest: http2.type('Http2ServerRequest', Readable,
    'aborted@ complete@ stream@ headers@ rawHeaders@ trailers@ rawTrailers@ httpVersionMajor@ httpVersionMinor@ httpVersion@ socket@ ' +
    'connection@ _read method@ authority@ scheme@ url@ setTimeout'),
  Http2ServerResponse: http2.type('Http2ServerResponse', Stream,
    '_header@ writableEnded@ finished@ socket@ connection@ stream@ headersSent@ sendDate@ statusCode@ writableCorked@ ' +
    'writableHighWaterMark@ writableFinished@ writableLength@ setTrailer addTrailers getHeader getHeaderNames getHeaders hasHeader ' +
    'removeHeader setHeader appendHeader statusMessage@ flushHeaders writeHead cork uncork write end destroy setTimeout ' +
    'createPushResponse writeContinue writeEarlyHints'),
};
