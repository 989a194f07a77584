// Copyright 2026 The duplex authors. MIT license.

'use strict';

const { ClientRequest } = require('http');

module.exports = { ClientRequest };
