// Copyright 2026 The duplex authors. MIT license.

'use strict';

const { OutgoingMessage, validateHeaderName, validateHeaderValue } = require('http');
const { absent } = require('internal/absent');

module.exports = {
  kHighWaterMark: Symbol('kHighWaterMark'),
  kUniqueHeaders: Symbol('kUniqueHeaders'),
  ...absent('http', 'use net, or run the script with node').functions('parseUniqueHeadersOption'),
  validateHeaderName,
  validateHeaderValue,
  OutgoingMessage,
};
