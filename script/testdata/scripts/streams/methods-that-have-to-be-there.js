// Copyright 2026 The duplex authors. MIT license.

'use strict';

const { Duplex, Readable, Transform, Writable } = require('stream');

for (const [stream, use] of [
  [new Readable(), (s) => s.read()],
  [new Writable(), (s) => s.write('x')],
  [new Duplex(), (s) => s.write('x')],
  [new Transform(), (s) => s.write('x')],
]) {
  stream.on('error', (e) => console.log('error', stream.constructor.name, e.code, e.message));
  try {
    use(stream);
  } catch (e) {
    console.log('thrown', stream.constructor.name, e.code, e.message);
  }
}
