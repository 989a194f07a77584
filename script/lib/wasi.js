// Copyright 2026 The duplex authors. MIT license.

'use strict';

const { absent } = require('internal/absent');

process.emitWarning('WASI is an experimental feature and might change at any time', 'ExperimentalWarning');

module.exports = { WASI: absent('wasi', 'run the script with node').type('WASI', null, 'start initialize getImportObject') };
