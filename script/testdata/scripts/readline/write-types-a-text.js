// Copyright 2026 The duplex authors. MIT license.

'use strict';

const readline = require('readline');
const { PassThrough } = require('stream');

const texts = ['a\u2028b\u2029c\nd\n', 'a\nb\nc', 'a\n', '\n', '\n\n', 'a\r\nb\r', '\r\n', 'a\rb', 'abc', 'x\n\ny', 'x'.repeat(50)];
for (const terminal of [true, false]) {
  for (const text of texts) {
    const output = new PassThrough();
    output.columns = 20;
    const rl = readline.createInterface({ input: new PassThrough(), output, terminal });
    const log = [];
    output.on('data', (shown) => log.push(JSON.stringify(String(shown))));
    rl.on('line', (line) => log.push(`line ${JSON.stringify(line)}`));
    rl.write(text);
    console.log(terminal, JSON.stringify(text), log.join(' '), JSON.stringify(rl.line), rl.cursor, JSON.stringify(rl._line_buffer));
    rl.close();
  }
}
