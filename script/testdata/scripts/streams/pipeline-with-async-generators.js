// Copyright 2026 The duplex authors. MIT license.

'use strict';

const { pipeline } = require('stream/promises');

(async () => {
  await pipeline(
    async function* () {
      yield 'a';
      yield 'b';
    },
    async function* (source) {
      for await (const chunk of source) yield String(chunk).toUpperCase();
    },
    async function (source) {
      for await (const chunk of source) console.log(chunk);
    },
  );
  console.log('done');
})();
