// Copyright 2026 The duplex authors. MIT license.

'use strict';

const { Readable } = require('stream');

let n = 0;
const source = new Readable({
  highWaterMark: 3,
  read(size) {
    console.log('asked for', size);
    this.push(n < 4 ? String(n++) : null);
  },
});
source.on('data', (chunk) => console.log('data', String(chunk)));
source.on('end', () => console.log('end'));
