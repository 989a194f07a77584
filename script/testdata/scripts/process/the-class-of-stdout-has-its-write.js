// Copyright 2026 The duplex authors. MIT license.

'use strict';

const { stdout, stderr } = process;
console.log(stdout.write === stdout.constructor.prototype.write, stderr.write === stderr.constructor.prototype.write);
console.log(stdout.write === stdout.constructor.prototype.write, typeof stdout.write, stdout.write.call(stdout, ''));
stdout.write('written\n', () => {
  stdout.write = () => console.error('somebody took it');
  console.log('not seen');
  delete stdout.write;
  console.log('seen', stdout.write === stdout.constructor.prototype.write);
});
