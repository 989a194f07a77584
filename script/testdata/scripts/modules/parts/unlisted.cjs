// Copyright 2026 The duplex authors. MIT license.

'use strict';

Object.defineProperty(exports, '__esModule', { value: true });
exports.listed = 1;
Object.assign(exports, { assigned: 2 });
if (exports.listed === 0) exports.never = 3;
