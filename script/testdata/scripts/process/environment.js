// Copyright 2026 The duplex authors. MIT license.

'use strict';

process.env.MINE = 'x';
process.env.NUMBER = 5;
process.env.NOTHING = undefined;
console.log(process.env.MINE, typeof process.env.NUMBER, process.env.NOTHING, process.env.NOT_SET);
console.log('MINE' in process.env, 'NOT_SET' in process.env, Object.keys(process.env).includes('MINE'));
delete process.env.MINE;
console.log(process.env.MINE, delete process.env.NOT_SET);
