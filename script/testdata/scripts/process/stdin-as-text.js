// Copyright 2026 The duplex authors. MIT license.
// Input: "line one\nline two ä\n"

'use strict';

process.stdin.setEncoding('utf8');
let text = '';
process.stdin.on('data', (s) => (text += s));
process.stdin.on('end', () => console.log(JSON.stringify(text)));
