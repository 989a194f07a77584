// Copyright 2026 The duplex authors. MIT license.

'use strict';

const a = require('./circle-a');
exports.name = 'b';
exports.seen = [a.early, Object.keys(a)];
