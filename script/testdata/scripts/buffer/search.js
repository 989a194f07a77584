// Copyright 2026 The duplex authors. MIT license.

'use strict';

const b = Buffer.from('one two one two');
console.log(b.indexOf('two'), b.indexOf('two', 5), b.lastIndexOf('one'), b.indexOf('three'), b.indexOf(0x6e), b.indexOf(Buffer.from('ne')));
console.log(b.includes('two'), b.includes('one', -3), b.indexOf(''), b.indexOf('', 100), b.lastIndexOf('one', -8), b.indexOf('6f6e', 1, 'hex'));
console.log(Buffer.from('aébc').indexOf('é', 'latin1'), Buffer.from('aébc').indexOf('é'), b.indexOf('o', -100), b.indexOf(new Uint8Array([116])));
for (const wrong of [undefined, {}, null]) {
  try {
    console.log(b.indexOf(wrong));
  } catch (e) {
    console.log(e.code, e.message);
  }
}
