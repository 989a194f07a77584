// Copyright 2026 The duplex authors. MIT license.

// An old name of util.

'use strict';

process.emitWarning('sys is deprecated. Use util instead.', 'DeprecationWarning', 'DEP0025');
module.exports = require('util');
