// Copyright 2026 The duplex authors. MIT license.

'use strict';

const { PassThrough, Readable, Transform, pipeline } = require('stream');

const source = Readable.from(['a', 'b']);
const broken = new Transform({
  transform(chunk, encoding, callback) {
    callback(new Error(`cannot take ${chunk}`));
  },
});
const sink = new PassThrough();
pipeline(source, broken, sink, (e) => {
  console.log(e.message, source.destroyed, broken.destroyed, sink.destroyed);
});
