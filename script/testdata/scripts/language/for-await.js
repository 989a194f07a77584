// Copyright 2026 The duplex authors. MIT license.

'use strict';

(async () => {
  for await (const x of [1, Promise.resolve(2), new Promise((resolve) => setTimeout(resolve, 5, 3))]) console.log(x);
  try {
    for await (const x of [Promise.resolve('ok'), Promise.reject(new Error('bad'))]) console.log(x);
  } catch (e) {
    console.log('caught', e.message);
  }
  const iterable = {
    [Symbol.asyncIterator]: () => ({
      n: 0,
      async next() {
        return { value: this.n, done: this.n++ >= 2 };
      },
      async return() {
        console.log('left');
        return {};
      },
    }),
  };
  for await (const x of iterable) console.log('own', x);
  outer: for await (const x of iterable) {
    for (;;) break outer;
  }
})();
