// Copyright 2026 The duplex authors. MIT license.

'use strict';

process.on('exit', (code) => {
  console.log('exit', code, process.exitCode);
  setTimeout(() => console.log('never'), 0);
  Promise.resolve().then(() => console.log('a job still runs'));
});
process.exitCode = 7;
