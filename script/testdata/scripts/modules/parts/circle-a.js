// Copyright 2026 The duplex authors. MIT license.

'use strict';

exports.early = 'a early';
const b = require('./circle-b');
exports.late = `a late, having seen ${b.name}`;
