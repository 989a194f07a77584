// Copyright 2026 The duplex authors. MIT license.
'use strict';
exports.inspect = (value) => (typeof value === 'string' ? `'${value}'` : String(value));
