// Copyright 2026 The duplex authors. MIT license.

'use strict';

const { Duplex } = require('stream');

const both = new Duplex({
  read() {
    this.push('from the readable side');
    this.push(null);
  },
  write(chunk, encoding, callback) {
    console.log('to the writable side:', String(chunk));
    callback();
  },
});
for (const event of ['end', 'finish', 'close']) both.on(event, () => console.log(event));
both.on('data', (chunk) => console.log(String(chunk)));
both.end('x');
