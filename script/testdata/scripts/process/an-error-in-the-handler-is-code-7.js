// Copyright 2026 The duplex authors. MIT license.

'use strict';

process.on('uncaughtException', () => {
  throw new Error('worse');
});
process.on('exit', (code) => console.log('exit', code));
throw new Error('bad');
