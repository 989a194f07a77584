// Copyright 2026 The duplex authors. MIT license.

'use strict';

const { Writable } = require('stream');

const sink = new Writable({
  highWaterMark: 3,
  write(chunk, encoding, callback) {
    console.log('write', chunk, encoding);
    setImmediate(callback);
  },
  final(callback) {
    console.log('final');
    callback();
  },
});
for (const event of ['drain', 'finish', 'close']) sink.on(event, () => console.log(event));
console.log(sink.write('a', () => console.log('written a')), sink.writableLength);
console.log(sink.write('bc', 'latin1', () => console.log('written bc')), sink.writableLength, sink.writableNeedDrain);
sink.on('drain', () => sink.end('d', () => console.log('ended')));
