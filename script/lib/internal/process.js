// Copyright 2026 The duplex authors. MIT license.

// The global process.

'use strict';

const EventEmitter = require('events');
const native = binding('process');

process = Object.create(Object.create(EventEmitter.prototype, {
  [Symbol.toStringTag]: { value: 'process', configurable: true },
}));
EventEmitter.call(process);
module.exports = process;

process.exitCode = undefined;
process.stdout = { write(text) { native.write(1, text); return true; } };
process.exit = function exit(code) {
  if (code !== undefined) process.exitCode = code;
  if (!process._exiting) {
    process._exiting = true;
    process.emit('exit', process.exitCode || 0);
  }
  native.exit(process.exitCode || 0);
};
