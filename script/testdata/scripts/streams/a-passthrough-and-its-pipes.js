// Copyright 2026 The duplex authors. MIT license.

'use strict';

const { PassThrough } = require('stream');

const a = new PassThrough();
const b = new PassThrough();
const c = new PassThrough();
a.pipe(b);
a.pipe(c);
b.on('data', (chunk) => console.log('b', String(chunk)));
c.on('data', (chunk) => console.log('c', String(chunk)));
b.on('end', () => console.log('b end'));
c.on('end', () => console.log('c end'));
a.write('hello');
a.end('bye');
