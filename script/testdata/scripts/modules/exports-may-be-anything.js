// Copyright 2026 The duplex authors. MIT license.

'use strict';

module.exports = 5;
exports.ignored = true;
console.log(module.exports, exports);
