// Copyright 2026 The duplex authors. MIT license.

// Processes that share what they listen on.

'use strict';

module.exports = process[Symbol.for('duplex.worker')] ?? require('internal/cluster_primary');
