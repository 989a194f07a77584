// Copyright 2026 The duplex authors. MIT license.

'use strict';

const { parseArgs } = require('util');

console.log(parseArgs({
  args: ['-f', '--bar', 'b', 'rest', '--no-color'],
  options: { foo: { type: 'boolean', short: 'f' }, bar: { type: 'string' }, 'no-color': { type: 'boolean' }, n: { type: 'string', default: '5' } },
  allowPositionals: true,
}));
try {
  parseArgs({ args: ['--unknown'], options: {} });
} catch (e) {
  console.log(e.name, e.code, e.message);
}
