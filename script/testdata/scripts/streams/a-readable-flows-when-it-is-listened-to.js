// Copyright 2026 The duplex authors. MIT license.

'use strict';

const { Readable } = require('stream');

const source = new Readable({ read() {} });
source.push('a');
source.push('b');
source.push(null);
source.on('end', () => console.log('end'));
source.on('close', () => console.log('close'));
console.log(source.readableFlowing, source.readableLength);
source.on('data', (chunk) => console.log('data', chunk));
console.log(source.readableFlowing);
process.nextTick(() => console.log('tick'));
