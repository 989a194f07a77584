// Copyright 2026 The duplex authors. MIT license.
// Input: "one\ntwo\r\n\nthree without an end"

'use strict';

const readline = require('readline');

const lines = readline.createInterface({ input: process.stdin });
lines.on('line', (line) => console.log(JSON.stringify(line)));
lines.on('close', () => console.log('close'));
