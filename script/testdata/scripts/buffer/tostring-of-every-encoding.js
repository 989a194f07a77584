// Copyright 2026 The duplex authors. MIT license.

'use strict';

const bytes = Buffer.from([0x48, 0xc3, 0xa9, 0xff, 0x00, 0xe2, 0x82, 0xac, 0x7f, 0x80]);
for (const encoding of ['utf8', 'utf-8', 'UTF8', 'hex', 'base64', 'base64url', 'latin1', 'binary', 'ascii', 'utf16le', 'ucs2', 'ucs-2']) {
  console.log(encoding, JSON.stringify(bytes.toString(encoding)), Buffer.isEncoding(encoding));
}
console.log(bytes.toString('hex', 2, 5), bytes.toString('hex', -3, 100), JSON.stringify(bytes.toString('hex', 5, 2)));
try {
  bytes.toString('klingon');
} catch (e) {
  console.log(e.name, e.code, e.message);
}
console.log(Buffer.isEncoding('klingon'), Buffer.isEncoding(5), Buffer.isEncoding(''));
