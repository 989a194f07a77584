// Copyright 2026 The duplex authors. MIT license.

'use strict';

const readline = require('readline');
const { ESC, press } = require('../screen.js');

const keys = ['abc', '\x01', 'x', '\r'];

(async () => {
  await press(readline, 'of two rows', [...keys], { columns: 10, prompt: 'a prompt of two rows> ' });
  await press(readline, 'in color', [...keys], { columns: 10, prompt: '\x1b[32mgreen>\x1b[0m ' });
  await press(readline, 'of two lines', [...keys], { columns: 10, prompt: 'one\ntwo> ' });
  await press(readline, 'tabs', ['\ta\tb', '\x02', '\r'], { tabSize: 4 });
  await press(readline, 'narrower', ['12345678901234567890123'], { columns: 20, resize: 10 });
  await press(readline, 'wider', ['12345678901234567890123', '\x01'], { columns: 10, resize: 40 });
  await press(readline, 'without an end', ['abc', '\x02', 'x'.repeat(100), '\r'], { columns: Infinity });
})();
