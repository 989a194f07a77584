// Copyright 2026 The duplex authors. MIT license.

'use strict';

for (const stream of [process.stdout, process.stderr]) {
  console.log(stream.write === stream.constructor.prototype.write, stream.write === stream.constructor.prototype.write);
  console.log(Object.hasOwn(stream, 'write'), typeof stream.write);
}
process.stdout.write('text\n', () => console.log('written'));
