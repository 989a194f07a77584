// Copyright 2026 The duplex authors. MIT license.

'use strict';

const readline = require('readline');
const { ESC, press } = require('../screen.js');

const keys = {
  'words': ['one two, three-four', `${ESC}b`, `${ESC}b`, 'X', `${ESC}b`, `${ESC}b`, `${ESC}f`, 'Y', `${ESC}f`, 'Z', '\r'],
  'Ctrl and arrows': ['one two  three', `${ESC}[1;5D`, `${ESC}[1;5D`, 'X', `${ESC}[1;5C`, 'Y', `${ESC}[1;5C`, `${ESC}[1;5C`, '\r'],
  'deleting words': ['one two, three', '\x17', 'x', '\x17', `${ESC}\x7f`, '\x01', `${ESC}d`, `${ESC}d`, '\r'],
  'words and signs': ['a.b  c-d e', '\x17', '\x17', '\x17', '\x17', '\x17', '\x17', '\r'],
  'words to the right': ['  one, two ..three', '\x01', `${ESC}d`, `${ESC}d`, `${ESC}d`, `${ESC}d`, `${ESC}d`, `${ESC}[3;5~`, '\r'],
  'the rest of a line': ['one two three', `${ESC}b`, '\x15', '\x19', '\x0b', '\x19', '\x01', '\x19', '\r'],
  'what was killed before': ['one', '\x15', 'two', '\x15', 'three', '\x15', '\x19', `${ESC}y`, `${ESC}y`, `${ESC}y`, `${ESC}y`, 'x', `${ESC}y`, '\r'],
  'undo': ['abc', '\x1f', 'def', '\x7f', '\x1f', '\x1f', '\x1e', '\x1e', '\x1e', '\x1f', '\x1f', '\x1f', '\x1f', '\x1f', '\r', '\x1f', '\x1e'],
  'typing after undo': ['a', 'b', 'c', '\x1f', '\x1f', 'z', '\x1e', '\x1e', '\x1f', '\r'],
};

(async () => {
  for (const title in keys) await press(readline, title, [...keys[title]]);
})();
