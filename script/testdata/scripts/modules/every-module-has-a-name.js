// Copyright 2026 The duplex authors. MIT license.

'use strict';

const { builtinModules, isBuiltin } = require('module');

console.log(builtinModules.join(' '));
for (const name of ['process', 'node:process', 'sys', 'test', 'node:test', 'node:test/reporters', 'sea', 'node:sea', 'stream/web', 'node:nothing', 'fs/']) {
  console.log(name, isBuiltin(name), builtinModules.includes(name));
}
console.log(require('process') === process, require('node:process') === process, process.getBuiltinModule('node:http') === require('http'));
console.log(require('_stream_readable') === require('stream').Readable, require('_stream_duplex') === require('stream').Duplex);
for (const name of ['test', 'sea', 'node:nothing']) {
  try {
    require(name);
  } catch (error) {
    console.log(error.code, error.message.split('\n')[0]);
  }
}
console.log(require('sys') === require('util'));
