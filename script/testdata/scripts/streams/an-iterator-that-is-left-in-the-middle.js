// Copyright 2026 The duplex authors. MIT license.

'use strict';

// return of an async iterator takes a job of its own before it destroys.
const { Readable } = require('stream');

let job = 0;
const count = () => {
  if (++job < 20) Promise.resolve().then(count);
};
const r = new Readable({ objectMode: true, read() {}, destroy(error, callback) {
  console.log('destroyed in job', job);
  callback(error);
} });
r.push('a');
const it = r[Symbol.asyncIterator]();
it.next().then(({ value }) => {
  console.log(value);
  count();
  it.return('given').then((result) => console.log(result, 'in job', job));
});
