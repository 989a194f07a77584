// Copyright 2026 The duplex authors. MIT license.

'use strict';

// Readable.from waits for the promises of an iterable, not for those of an async one.
const { Readable } = require('stream');

const plain = [Promise.resolve(1), 2];
const values = [Promise.resolve(1), 2];
const async = {
  [Symbol.asyncIterator]: () => ({
    next: async () => (values.length > 0 ? { value: values.shift() } : { done: true }),
  }),
};
Readable.from(plain).on('data', (chunk) => console.log('plain', chunk));
Readable.from(async).on('data', (chunk) => console.log('async', chunk));
