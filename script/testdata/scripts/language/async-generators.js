// Copyright 2026 The duplex authors. MIT license.

'use strict';

async function* count(n) {
  try {
    for (let i = 0; i < n; i++) yield Promise.resolve(i);
    return 'done';
  } finally {
    console.log('finally');
  }
}
(async () => {
  for await (const i of count(3)) console.log(i);
  const g = count(5);
  console.log(await g.next(), await g.return('early'), await g.next());
  const failing = count(2);
  await failing.next();
  await failing.throw(new Error('thrown in')).catch((e) => console.log(e.message));
  console.log(g[Symbol.asyncIterator]() === g);
  const delegating = async function* () {
    yield* count(1);
    yield* [7, 8];
  };
  for await (const i of delegating()) console.log(i);
})();
