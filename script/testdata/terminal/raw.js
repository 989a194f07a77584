// Copyright 2026 The duplex authors. MIT license.

// A raw terminal still goes to the first column at the end of a line.

'use strict';

const { execFileSync } = require('child_process');

const modes = () => String(execFileSync('stty', ['-a'], { stdio: [0, 'pipe', 2] })).match(/-?\b(opost|onlcr|icanon|isig|echo|icrnl|ixon|iexten)\b/g);

console.log(process.stdin.isTTY, process.stdin.isRaw, process.stdout.isTTY, process.stdout.columns, process.stdout.rows);
console.log(process.stdin.setRawMode(true) === process.stdin, process.stdin.isRaw);
console.log('one\ntwo');
console.log(modes().join(' '));
process.stdin.setRawMode(false);
console.log(process.stdin.isRaw, modes().join(' '));
