// Copyright 2026 The duplex authors. MIT license.

'use strict';

const readline = require('readline');
const { ESC, press } = require('../screen.js');

const keys = {
  'history': ['one\r', 'two\r', 'two\r', ' \r', 'three\r', `${ESC}[A`, `${ESC}[A`, `${ESC}[A`, `${ESC}[A`, `${ESC}[A`, `${ESC}[B`, `${ESC}[B`, `${ESC}[B`, `${ESC}[B`, `${ESC}[B`, '\r'],
  'search': ['foo one\r', 'bar\r', 'foo two\r', 'fo', `${ESC}[A`, `${ESC}[A`, `${ESC}[A`, `${ESC}[B`, `${ESC}[B`, `${ESC}[B`, 'x', `${ESC}[A`, '\r'],
  'Ctrl-P and Ctrl-N': ['one\r', 'two\r', '\x10', '\x10', '\x10', '\x0e', '\x0e', '\x0e', '\r'],
};

const lines = ['a\r', 'b\r', 'a\r', `${ESC}[A`, `${ESC}[A`, `${ESC}[A`];

(async () => {
  for (const title in keys) await press(readline, title, [...keys[title]]);
  await press(readline, 'of two', ['c\r', ...lines], { historySize: 2 });
  await press(readline, 'of none', [...lines], { historySize: 0 });
  await press(readline, 'without duplicates', [...lines], { removeHistoryDuplicates: true });
  await press(readline, 'that is given', [`${ESC}[A`, `${ESC}[A`, '\r'], { history: ['x', 'y'] });
})();
