// Copyright 2026 The duplex authors. MIT license.

'use strict';

// The stream that a pipeline makes for its last function is destroyed as after a pipe that broke.
const { pipeline } = require('stream/promises');
const { Readable } = require('stream');

process.on('uncaughtException', (error) => console.log(error.code, error.message));
pipeline(Readable.from(['a']), async (source) => {
  for await (const chunk of source) console.log(chunk);
  return 'value';
}, { end: false }).then(console.log);
