// Copyright 2026 The duplex authors. MIT license.

'use strict';

// A stream in object mode with an encoding decodes what is pushed without one.
const { Readable } = require('stream');

const attempt = (f) => {
  try {
    console.log(f());
  } catch (error) {
    console.log(error.code, error.message);
  }
};
const r = new Readable({ objectMode: true, encoding: 'base64', read() {} });
for (const chunk of [undefined, { a: 1 }, [1], false]) attempt(() => r.push(chunk));
attempt(() => r.push({ a: 1 }, 'utf8'));
r.push(Buffer.alloc(0));
r.push(Buffer.from('x'));
console.log(r.readableLength, r._readableState.reading, r.read(), [r.read()], [r.read()]);

// What cannot be decoded ends the reading that brought it.
let count = 0;
const s = new Readable({
  objectMode: true,
  encoding: 'latin1',
  read() {
    console.log('read');
    if (count++ === 0) this.push({});
    else this.push(null);
  },
});
s.on('error', (error) => console.log(error.code, s._readableState.reading));
s.read();

// A Buffer that was put back is text when it is read.
const t = new Readable({ encoding: 'hex', read() {} });
t.unshift(Buffer.from('a'));
console.log(typeof t.read());
t.push('b');
t.unshift(Buffer.from('a'));
console.log(t.read());
