// Copyright 2026 The duplex authors. MIT license.

'use strict';

const { Writable } = require('stream');

console.log(process.stdout instanceof Writable, process.stdout.fd, process.stderr.fd, process.stdout.writable);
process.stdout.write('a line\n', () => process.stdout.write('written\n'));
process.stderr.write(Buffer.from('bytes\n'));
console.error('an error %d', 5);
console.log(process.stdout.isTTY, process.stderr.isTTY, process.stdout.columns);
