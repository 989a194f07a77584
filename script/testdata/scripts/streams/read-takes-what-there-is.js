// Copyright 2026 The duplex authors. MIT license.

'use strict';

const { Readable } = require('stream');

const source = new Readable({ read() {} });
source.push('0123456789');
console.log(String(source.read(3)), source.readableLength);
console.log(source.read(100));
console.log(String(source.read(0)), source.readableLength);
console.log(String(source.read()), source.readableLength);
console.log(source.read());
source.push('more');
source.push(null);
source.on('readable', () => console.log('readable', String(source.read())));
source.on('end', () => console.log('end'));
