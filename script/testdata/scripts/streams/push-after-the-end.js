// Copyright 2026 The duplex authors. MIT license.

'use strict';

const { Readable } = require('stream');

const source = new Readable({ read() {} });
source.on('error', (e) => console.log('error', e.code, e.message));
source.on('close', () => console.log('close'));
source.push(null);
console.log(source.push('x'));
