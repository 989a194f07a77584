// Copyright 2026 The duplex authors. MIT license.

'use strict';

const { IncomingMessage } = require('http');
const { absent } = require('internal/absent');

module.exports = { IncomingMessage, ...absent('http', 'use net, or run the script with node').functions('readStart readStop') };
