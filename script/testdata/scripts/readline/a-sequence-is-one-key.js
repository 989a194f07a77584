// Copyright 2026 The duplex authors. MIT license.

'use strict';

const readline = require('readline');
const { PassThrough } = require('stream');
const input = new PassThrough();
readline.emitKeypressEvents(input);
const heard = [];
input.on('keypress', (s, k) => heard.push([s, k.name, k.ctrl, k.meta, k.shift, k.sequence, k.code]));
const all = [];
for (let i = 0; i < 128; i++) { const c = String.fromCharCode(i); if (c !== '\x1b') all.push(c, `\x1b${c}`, `\x1b\x1b${c}`); }
for (let i = 33; i < 127; i++) { const c = String.fromCharCode(i); all.push(`\x1b[${c}`, `\x1bO${c}`, `\x1b[[${c}`); }
for (const end of ['~', '$', '^', 'A']) for (let i = 0; i < 35; i++) for (const m of ['', ';2', ';5']) all.push(`\x1b[${i}${m}${end}`);
for (const d of '1258') for (const c of 'ABCDEFHPQRS') all.push(`\x1b[1;${d}${c}`, `\x1bO${d}${c}`, `\x1b[${d}${c}`);
all.push('\x1b[200~', '\x1b[201~', '\x1b[1234~', '\x1b[12;34~', '\x1b\x1b[A', '\x1b\x1bOA', 'é', '中', '😀', 'ab', 'a\x1b[Ab', '\ud83d', '\x1b[M');
for (const one of all) {
  heard.length = 0;
  input.write(one);
  input.write('~'); // whatever has not ended
  console.log(JSON.stringify(one), JSON.stringify(heard));
}

// What nothing follows is the key Escape.
const lonely = new PassThrough();
readline.emitKeypressEvents(lonely, { escapeCodeTimeout: 1 });
lonely.once('keypress', (s, key) => {
  console.log(s, key);
  lonely.once('keypress', (s, key) => console.log(s, key));
  setImmediate(() => lonely.write('\x1b\x1b'));
});
lonely.write('\x1b');
