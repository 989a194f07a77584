// Copyright 2026 The duplex authors. MIT license.

'use strict';

console.log(Buffer.from('höt'), Buffer.from('ff00', 'hex'), Buffer.from('aGk=', 'base64'), Buffer.from('hi', 'utf16le'));
console.log(Buffer.from([1, 256, -1, 1.9, '7', 'x']), Buffer.from(new Uint16Array([1, 258])));
console.log(Buffer.from(new Uint8Array([1, 2, 3]).buffer, 1), Buffer.from(new Uint8Array([1, 2, 3]).buffer, 1, 1));
console.log(Buffer.from({ length: 2, 0: 5, 1: 6 }), Buffer.from(Object('boxed')), Buffer.from(Buffer.from('copy')));
console.log(Buffer.from({ type: 'Buffer', data: [7, 8] }), Buffer.from({ valueOf: () => 'value' }));
for (const wrong of [5, null, undefined, true, {}, Symbol('s')]) {
  try {
    console.log(Buffer.from(wrong));
  } catch (e) {
    console.log(e.name, e.code, e.message);
  }
}
