// Copyright 2026 The duplex authors. MIT license.

'use strict';

const { absent } = require('internal/absent');
const { METHODS, _checkInvalidHeaderChar, _checkIsHttpToken } = require('internal/http_names');

const http = absent('http', 'use net, or run the script with node');

module.exports = {
  _checkInvalidHeaderChar,
  _checkIsHttpToken,
  chunkExpression: /(?:^|\W)chunked(?:$|\W)/i,
  continueExpression: /(?:^|\W)100-continue(?:$|\W)/i,
  CRLF: '\r\n',
  ...http.functions('freeParser'),
  methods: METHODS,
  parsers: { name: 'parsers', max: 1000, list: [] },
  kIncomingMessage: Symbol('IncomingMessage'),
  HTTPParser: http.type('HTTPParser', http.type('AsyncWrap', null),
    'close free remove execute finish initialize pause resume consume unconsume getCurrentBuffer duration headersCompleted'),
  ...http.functions('isLenient prepareError'),
};
