// Copyright 2026 The duplex authors. MIT license.

'use strict';

for (const code of ['x', 1.5, {}, true, NaN]) {
  try {
    process.exitCode = code;
    console.log(code, 'is taken');
  } catch (e) {
    console.log(e.name, e.code, e.message);
  }
}
process.exitCode = '3';
console.log(process.exitCode);
