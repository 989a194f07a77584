// Copyright 2026 The duplex authors. MIT license.

'use strict';

const { Readable } = require('stream');

const source = new Readable({ highWaterMark: 4, read() {} });
console.log(source.push('ab'), source.push('c'), source.push('d'), source.push('e'), source.readableLength);
const objects = new Readable({ objectMode: true, highWaterMark: 2, read() {} });
console.log(objects.push({}), objects.push({}), objects.push({}), objects.readableLength);
source.unshift('zero ');
console.log(String(source.read()));
