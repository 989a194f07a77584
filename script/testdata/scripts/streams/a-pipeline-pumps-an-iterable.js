// Copyright 2026 The duplex authors. MIT license.

'use strict';

// Between two chunks of an async iterable pass as many jobs as for await takes.
const { pipeline, Writable } = require('stream');

let job = 0;
const count = () => {
  if (++job < 40) Promise.resolve().then(count);
};
let left = 4;
const source = {
  [Symbol.asyncIterator]: () => ({
    next: () => {
      if (left === 4) count();
      console.log('asked in job', job);
      return Promise.resolve(left-- > 0 ? { value: 'x' } : { done: true });
    },
  }),
};
const dest = new Writable({ write: (chunk, encoding, callback) => callback() });
pipeline(source, dest, (error) => console.log(error));
