// Copyright 2026 The duplex authors. MIT license.

'use strict';

const { Transform } = require('stream');

const lines = new Transform({
  readableObjectMode: true,
  construct(callback) {
    console.log('construct');
    this.rest = '';
    callback();
  },
  transform(chunk, encoding, callback) {
    const parts = (this.rest + chunk).split('\n');
    this.rest = parts.pop();
    for (const part of parts) this.push(part);
    callback();
  },
  flush(callback) {
    callback(null, `(${this.rest})`);
  },
});
lines.on('data', (line) => console.log('line', line));
lines.on('end', () => console.log('end'));
lines.on('finish', () => console.log('finish'));
lines.write('one\ntw');
lines.write('o\nthr');
lines.end('ee');
