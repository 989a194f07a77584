// Copyright 2026 The duplex authors. MIT license.
'use strict';
exports.console = { log(...a) { process.stdout.write(a.join(' ') + '\n'); } };
