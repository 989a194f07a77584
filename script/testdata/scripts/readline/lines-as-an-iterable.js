// Copyright 2026 The duplex authors. MIT license.
// Input: "a\nb\nc\n"

'use strict';

const readline = require('readline');

(async () => {
  for await (const line of readline.createInterface({ input: process.stdin, crlfDelay: Infinity })) console.log('line', line);
  console.log('done');
})();
