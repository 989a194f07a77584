// Copyright 2026 The duplex authors. MIT license.

'use strict';

const stream = require('stream');
const { StringDecoder } = require('string_decoder');

function attempt(what, f) {
  try {
    console.log(what, f());
  } catch (error) {
    console.log(what, error.code, error.message);
  }
}

for (const value of [undefined, null, '', NaN, 0, -0, false, 0n]) {
  attempt(['decoder', value], () => new StringDecoder(value).encoding);
  for (const name of ['Readable', 'Writable', 'Duplex', 'Transform']) {
    attempt([name, value], () => {
      const made = new stream[name]({ defaultEncoding: value });
      return (made._writableState || made._readableState).defaultEncoding;
    });
    attempt([name, 'encoding', value], () => new stream[name]({ encoding: value }).readableEncoding);
  }
  attempt(['setEncoding', value], () => new stream.Duplex().setEncoding(value).readableEncoding);
  attempt(['setDefaultEncoding', value], () => new stream.Duplex().setDefaultEncoding(value)._writableState.defaultEncoding);
}
