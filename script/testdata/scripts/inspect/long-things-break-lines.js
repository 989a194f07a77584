// Copyright 2026 The duplex authors. MIT license.

'use strict';

console.log(Array.from({ length: 30 }, (_, i) => i * 100));
console.log(Array.from({ length: 120 }, (_, i) => i));
console.log(['a long string that stands here', 'another long string that is here', 'and the third, which is longer still']);
console.log({ first: 'a long string that stands here', second: 'another long string that is here', third: { nested: 'a third' } });
console.log({ a: 1, b: 'two', c: [3, 4, { d: 5 }], e: { f: { g: {} } } });
console.log(Array.from({ length: 27 }, (_, i) => 'x'.repeat(i % 5 + 1)));
