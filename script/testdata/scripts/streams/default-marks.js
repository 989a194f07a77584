// Copyright 2026 The duplex authors. MIT license.

'use strict';

const stream = require('stream');

console.log(stream.getDefaultHighWaterMark(false), stream.getDefaultHighWaterMark(true));
stream.setDefaultHighWaterMark(false, 100);
console.log(stream.getDefaultHighWaterMark(false), new stream.PassThrough().readableHighWaterMark);
console.log(Object.keys(stream).sort().join(' '));
