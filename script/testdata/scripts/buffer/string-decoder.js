// Copyright 2026 The duplex authors. MIT license.

'use strict';

const { StringDecoder } = require('string_decoder');

const utf8 = new StringDecoder('utf8');
for (const byte of Buffer.from('a€😀')) console.log(JSON.stringify(utf8.write(Buffer.from([byte]))));
console.log(JSON.stringify(utf8.write(Buffer.from([0xe2, 0x82]))), JSON.stringify(utf8.end()), JSON.stringify(utf8.end()));
const base64 = new StringDecoder('base64');
console.log(base64.write(Buffer.from('ab')), base64.write(Buffer.from('cd')), base64.end());
const utf16 = new StringDecoder('utf16le');
console.log(JSON.stringify(utf16.write(Buffer.from([0x3d, 0xd8, 0x00]))), utf16.end(Buffer.from([0xde])));
console.log(new StringDecoder().encoding, new StringDecoder('hex').end(Buffer.from('x')));
