// Copyright 2026 The duplex authors. MIT license.

'use strict';

const { Readable } = require('stream');

const wait = () => new Promise((resolve) => setImmediate(resolve));
const closing = (name) => (function* () {
  try {
    for (let i = 0; i < 5; i++) yield i;
  } finally {
    console.log(name, 'closed');
  }
})();
(async () => {
  const source = Readable.from(closing('source'));
  source.on('error', (error) => console.log(error.code)).on('close', () => console.log('close'));
  console.log(await source.flatMap(() => closing('list')).take(2).toArray());
  for (let i = 0; i < 5; i++) await wait();
  for (const list of [5, null, undefined, {}, Promise.resolve('ab'), [Promise.reject(new Error('within'))]]) {
    console.log(await Readable.from([1]).flatMap(() => list).toArray().catch((error) => `${error.name}: ${error.message}`));
  }
})();
