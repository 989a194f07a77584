// Copyright 2026 The duplex authors. MIT license.

'use strict';

const readline = require('readline');
const { ESC, press } = require('../screen.js');

const keys = {
  'paste': ['one\ntwo\nthree', '\r', 'a\r\nb\r\n', 'c\r', '\n', 'd\n', '\r'],
  'ends of lines': ['a\n', '\n', '\n', '\r', '\r\n', '\n', 'b\r'],
  'what is no end of a line': ['a\u2028b', '\r'],
  'Ctrl-C': ['abc', '\x03'],
  'surrogate': ['\ud83d', '\ude00', '\r'],
  'control': ['\x00', '\x07', '\x0f', '\x11', '\x12', '\x13', '\x16', '\x18', '\x1c', '\x1d', '\r'],
  'escape': ['a', `${ESC}[200~`, `${ESC}Q`, `${ESC}[5~`, 'b', '\r'],
  'shift': ['hello world', `${ESC}[1;2A`, `${ESC}[1;2D`, `${ESC}[3;6~`, `${ESC}[Z`, '\r'],
};

(async () => {
  for (const title in keys) await press(readline, title, [...keys[title]]);
  await press(readline, 'SIGINT', ['abc', '\x03', 'd', '\r'], { events: ['SIGINT'] });
  await press(readline, 'SIGTSTP', ['abc', '\x1a', 'd', '\r'], { events: ['SIGTSTP'] });
})();
