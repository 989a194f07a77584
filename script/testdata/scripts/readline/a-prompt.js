// Copyright 2026 The duplex authors. MIT license.
// Input: "help\nquit\nignored\n"

'use strict';

const readline = require('readline');

const rl = readline.createInterface({ input: process.stdin, output: process.stdout, prompt: '> ' });
rl.prompt();
rl.on('line', (line) => {
  if (line === 'quit') return rl.close();
  console.log(`you said ${line}`);
  rl.prompt();
}).on('close', () => console.log('bye'));
