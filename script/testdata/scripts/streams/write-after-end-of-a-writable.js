// Copyright 2026 The duplex authors. MIT license.

'use strict';

const { Writable } = require('stream');

const sink = new Writable({ write: (chunk, encoding, callback) => callback() });
sink.on('error', (e) => console.log('error', e.code, e.message));
sink.on('finish', () => console.log('finish'));
sink.end('x');
console.log(sink.write('y', (e) => console.log('callback', e.code)));
sink.end((e) => console.log('end again', e && e.code));
