// Copyright 2026 The duplex authors. MIT license.
// Arguments: one --two=2 -3

'use strict';

console.log(process.argv.slice(2), process.argv.length, process.execArgv);
console.log(process.argv[1] === __filename, typeof process.argv[0]);
