// Copyright 2026 The duplex authors. MIT license.

'use strict';

const { Writable } = require('stream');

const sink = new Writable({
  write(chunk, encoding, callback) {
    callback(new Error('disk full'));
  },
  destroy(error, callback) {
    console.log('destroy', error.message);
    callback(error);
  },
});
sink.on('error', (e) => console.log('error', e.message));
sink.on('close', () => console.log('close', sink.destroyed, sink.errored.message));
sink.write('x', (e) => console.log('callback', e.message));
sink.write('y', (e) => console.log('callback of the next', e.message));
