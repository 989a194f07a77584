// Copyright 2026 The duplex authors. MIT license.

'use strict';

const a = require('./parts/circle-a');
const b = require('./parts/circle-b');
console.log(a.late, b.seen);
