// Copyright 2026 The duplex authors. MIT license.

'use strict';

// Whoever aborts a map, or needs no more of it, destroys what it reads from.
const { Readable } = require('stream');

const source = (name) => {
  const r = Readable.from((function* () {
    try {
      for (let i = 0; i < 9; i++) yield i;
    } finally {
      console.log(name, 'iterator closed');
    }
  })());
  return r.on('error', (error) => console.log(name, 'error', error.code)).on('close', () => console.log(name, 'close'));
};
const wait = () => new Promise((resolve) => setImmediate(resolve));
(async () => {
  const controller = new AbortController();
  const failed = source('aborted').map(async (v) => {
    if (v === 2) controller.abort();
    return v;
  }, { signal: controller.signal }).toArray();
  console.log((await failed.catch((error) => error)).name);
  for (let i = 0; i < 5; i++) await wait();
  console.log(await source('found').find((v) => v === 1, { concurrency: 2 }));
  for (let i = 0; i < 5; i++) await wait();
})();
