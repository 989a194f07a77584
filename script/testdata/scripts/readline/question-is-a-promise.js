// Copyright 2026 The duplex authors. MIT license.
// Input: "Ada\n"

'use strict';

const readline = require('readline/promises');

(async () => {
  const rl = readline.createInterface({ input: process.stdin });
  console.log(`[${await rl.question('never shown? ')}]`);
  rl.close();
})();
