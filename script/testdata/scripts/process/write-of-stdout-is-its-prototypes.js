// Copyright 2026 The duplex authors. MIT license.

'use strict';

// Packages ask this to see whether somebody has replaced it.
console.log(process.stdout.write === process.stdout.constructor.prototype.write);
console.log(process.stderr.write === process.stderr.constructor.prototype.write);
console.log(process.stdout.write === process.stdout.constructor.prototype.write, process.stdout.write('') );
const { write } = process.stdout;
const lines = [];
process.stdout.write = (text) => lines.push(text);
console.log('kept');
process.stdout.write = write;
console.log(lines);
