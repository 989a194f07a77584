// Copyright 2026 The duplex authors. MIT license.

'use strict';

module.exports = require('old');
