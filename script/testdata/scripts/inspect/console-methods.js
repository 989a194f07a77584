// Copyright 2026 The duplex authors. MIT license.

'use strict';

console.log();
console.group('group');
console.log('inside\nof it');
console.group();
console.info({ a: 1,
  b: 2 });
console.groupEnd();
console.warn('warned');
console.groupEnd();
console.log('outside');
console.assert(true, 'never');
console.assert(false, 'told %s', 'so');
console.count();
console.count('x');
console.count();
console.countReset();
console.count();
console.dir({ a: { b: { c: { d: 1 } } } }, { depth: 0 });
console.debug('debug %i', 5.5);
console.timeEnd('nothing');
