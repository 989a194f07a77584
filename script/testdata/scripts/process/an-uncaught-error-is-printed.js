// Copyright 2026 The duplex authors. MIT license.

'use strict';

function inner() {
  throw new RangeError('out of reach');
}

function outer() {
  inner();
}

process.on('exit', (code) => console.log('exit', code));
console.log('before');
outer();
