// Copyright 2026 The duplex authors. MIT license.

'use strict';

exports.count = 0;
exports.next = () => ++exports.count;
console.log('the counter is loaded');
