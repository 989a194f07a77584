// Copyright 2026 The duplex authors. MIT license.

'use strict';

console.log(typeof Symbol.dispose, typeof Symbol.asyncDispose, Symbol.dispose.toString(), Symbol.asyncDispose.description);
const { Readable } = require('stream');
const source = Readable.from(['x']);
source.on('error', () => {});
console.log(typeof source[Symbol.asyncDispose]);
source[Symbol.asyncDispose]().then(() => console.log('disposed', source.destroyed));
