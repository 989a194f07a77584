// Copyright 2026 The duplex authors. MIT license.

'use strict';

const { Readable, Writable } = require('stream');

const source = new Readable({ read() {}, destroy(error, callback) { setImmediate(callback, error); } });
source.on('close', () => console.log('close of the readable'));
source.on('error', () => console.log('never'));
console.log(source.destroy() === source, source.destroyed, source.closed);
const sink = new Writable({ write() {}, emitClose: false });
sink.on('close', () => console.log('never'));
sink.destroy();
console.log(sink.destroyed);
