// Copyright 2026 The duplex authors. MIT license.

'use strict';

const readline = require('readline');
const { ESC, press } = require('../screen.js');

const keys = {
  'plain': ['hello', '\r'],
  'left': ['hello', `${ESC}[D`, `${ESC}[D`, 'X', '\r'],
  'home': ['hello', '\x01', 'X', '\x05', 'Y', '\r'],
  'keys of a PC': ['hello', `${ESC}[H`, 'X', `${ESC}[F`, 'Y', `${ESC}[1~`, 'Z', `${ESC}[4~`, '!', '\r'],
  'characters': ['hello', '\x02', '\x02', 'X', '\x06', 'Y', '\x06', '\x06', '\x06', 'Z', '\r'],
  'deleting': ['hello', '\x7f', '\b', '\x01', '\x04', `${ESC}[3~`, '\r'],
  'Ctrl-D': ['abc', '\x04', '\x01', '\x04', '\x04', '\x04', '\x04'],
  'transpose': ['abc', '\x14', '\r'],
  'clear': ['abc', '\x0c', 'd', '\r'],
  'wide characters': ['中文字符', `${ESC}[D`, 'x', '\x7f', '\x7f', '\r', 'é', 'e\u0301', '😀', `${ESC}[D`, '\x7f', '\r', '👨‍👩‍👧', '\x7f', `${ESC}[D`, `${ESC}[C`, '\r'],
  'rows': ['123456789012345678901234567890', '\x01', 'x', '\x05', 'y', '\x7f', '\x15', '\r'],
  'wide characters in rows': ['中文字符中文字符中文字符中文', `${ESC}[D`, `${ESC}[D`, `${ESC}[D`, `${ESC}[D`, 'x', '\x01', '\x06', '\x05', '\r'],
  'a row that is pasted': ['123456789012345678', '9', '\r'],
  'a row': ['1234567890123456', '7', '8', '9', '\x02', '\x02', '\x7f', '\r'],
  'tab': ['a\tb', '\t', 'c', '\x02', '\x02', 'd', '\r'],
  'ansi': [`\u001b[31mred`, '\r'],
};

(async () => {
  for (const title in keys) await press(readline, title, [...keys[title]]);
})();
