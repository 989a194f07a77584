// Copyright 2026 The duplex authors. MIT license.

'use strict';

module.exports = `the index of ${require('path').basename(__dirname)}`;
