// Copyright 2026 The duplex authors. MIT license.

'use strict';

const { Readable } = require('stream');

(async () => {
  for (const from of ['a string', ['an', 'array'], new Set([1, 2]), (function* () { yield { n: 1 }; })(), Buffer.from('bytes')]) {
    const all = [];
    for await (const chunk of Readable.from(from)) all.push(chunk);
    console.log(all);
  }
})();
