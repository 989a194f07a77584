// Copyright 2026 The duplex authors. MIT license.

'use strict';

const { PassThrough, Readable } = require('stream');

for (const dest of [undefined, null, 1, 'text', {}, new Set()]) {
  const source = new PassThrough();
  try {
    source.pipe(dest);
  } catch (error) {
    console.log(error.name, error.message);
  }
  console.log(source.listenerCount('end'), source.listenerCount('data'), source.unpipe(dest) === source);
}
console.log(new Readable({ read() {} }).unpipe() instanceof Readable);
