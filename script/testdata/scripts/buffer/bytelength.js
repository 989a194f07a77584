// Copyright 2026 The duplex authors. MIT license.

'use strict';

for (const [text, encoding] of [['€'], ['€', 'latin1'], ['€', 'utf16le'], ['abc', 'hex'], ['abcd', 'hex'], ['aGVsbG8=', 'base64'], ['aGVsbG8', 'base64'], ['', 'utf8'], ['x', 'klingon']]) {
  console.log(text, encoding, Buffer.byteLength(text, encoding));
}
console.log(Buffer.byteLength(Buffer.alloc(5)), Buffer.byteLength(new ArrayBuffer(6)), Buffer.byteLength(new Uint16Array(3)));
try {
  Buffer.byteLength(5);
} catch (e) {
  console.log(e.code, e.message);
}
console.log(Buffer.byteLength('é'.repeat(5e6)));
