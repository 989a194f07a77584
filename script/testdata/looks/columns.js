// Copyright 2026 The duplex authors. MIT license.

// How wide characters are, seen by the columns of console.table; and what is a sequence of a terminal.
const { stripVTControlCharacters } = require('util');

const some = [0x61, 0xe9, 0x301, 0x1100, 0x11ff, 0x200b, 0x2329, 0x231a, 0x2e80, 0x303f, 0x3041, 0x33ff, 0x4dc0, 0x4e00, 0xa4cf,
  0xa960, 0xac00, 0xd7a3, 0xf900, 0xfe0f, 0xfe30, 0xff01, 0xff61, 0xffe0, 0x1b000, 0x1f200, 0x1f300, 0x1f600, 0x1f680, 0x1f900, 0x20000];
for (const code of some) console.table([{ [code.toString(16)]: String.fromCodePoint(code).repeat(3) }]);
for (const text of ['\x1b[31mred\x1b[0m', '\x1b[1;31;4mx', 'a\x1b[2Kb', '\x1b]8;;http://a\x07link\x1b]8;;\x07', '\x9b31mq', '\x1b[?25lhid', 'plain',
  '\x1b[38;5;100mc\x1b[39m', '\x1b[10Aup', '\x1b[1;1Hhome', '\x1bMx']) console.log(JSON.stringify(stripVTControlCharacters(text)));
