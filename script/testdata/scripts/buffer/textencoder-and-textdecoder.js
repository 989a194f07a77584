// Copyright 2026 The duplex authors. MIT license.

'use strict';

console.log(new TextEncoder().encode('h€'), new TextEncoder().encoding, new TextEncoder().encodeInto('abc', new Uint8Array(2)));
console.log(new TextDecoder().decode(new Uint8Array([0xef, 0xbb, 0xbf, 0x61])), new TextDecoder('utf-8', { ignoreBOM: true }).decode(new Uint8Array([0xef, 0xbb, 0xbf, 0x61])).length);
const decoder = new TextDecoder();
console.log(JSON.stringify(decoder.decode(Buffer.from([0xe2, 0x82]), { stream: true })), decoder.decode(Buffer.from([0xac])));
try {
  new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from([0xff]));
} catch (e) {
  console.log(e.name, e.code);
}
console.log(new TextDecoder('utf-16le').decode(Buffer.from('hé', 'utf16le')), new TextDecoder('latin1').encoding);
