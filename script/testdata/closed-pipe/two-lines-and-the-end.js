// Copyright 2026 The duplex authors. MIT license.

'use strict';

console.log('x');
console.log('y');
process.exitCode = 4;
setTimeout(() => console.error('the end'), 20);
