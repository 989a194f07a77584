// Copyright 2026 The duplex authors. MIT license.
// Input: "Ada\n36\n"

'use strict';

const readline = require('readline');

const rl = readline.createInterface({ input: process.stdin, output: process.stdout });
rl.question('Name? ', (name) => {
  console.log(`[${name}]`);
  rl.question('Age? ', (age) => {
    console.log(`[${age}]`);
    rl.close();
  });
});
rl.on('close', () => console.log('close'));
