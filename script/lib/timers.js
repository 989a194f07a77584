// Copyright 2026 The duplex authors. MIT license.
'use strict';
const native = binding('timers');
exports.setTimeout = function (f, ms, ...args) { const t = { }; const h = native.create(() => f(...args), t); native.arm(h, ms); return t; };
