// Copyright 2026 The duplex authors. MIT license.

'use strict';

const { Writable } = require('stream');

const sink = new Writable({
  write(chunk, encoding, callback) {
    console.log('write', String(chunk));
    setImmediate(callback);
  },
  writev(chunks, callback) {
    console.log('writev', chunks.map(({ chunk, encoding }) => `${chunk} ${encoding}`));
    callback();
  },
});
sink.write('a');
sink.write('b');
sink.write('c');
sink.cork();
sink.write('d');
sink.uncork();
sink.end(() => console.log('ended'));
