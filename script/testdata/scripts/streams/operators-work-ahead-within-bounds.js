// Copyright 2026 The duplex authors. MIT license.

'use strict';

// How many chunks map asks for before its results are taken.
const { Readable } = require('stream');

const turns = async (n) => {
  while (n-- > 0) await new Promise((resolve) => setImmediate(resolve));
};
const one = async (concurrency, highWaterMark, make) => {
  let count = 0;
  const mapped = Readable.from(Array.from({ length: 40 }, (_, i) => i)).map((value) => {
    count++;
    return make(value);
  }, { concurrency, highWaterMark });
  mapped.read(0);
  await turns(5);
  const before = count;
  mapped.read();
  await turns(5);
  return `${before}/${count}`;
};
(async () => {
  for (const concurrency of [1, 2, 3]) {
    for (const mark of [undefined, 0, 1, 5]) {
      console.log(concurrency, mark, await one(concurrency, mark, () => new Promise(() => {})), await one(concurrency, mark, (v) => v),
        await one(concurrency, mark, async (v) => v));
    }
  }
})();
