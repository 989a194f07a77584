// Copyright 2026 The duplex authors. MIT license.

'use strict';

process.on('exit', (code) => {
  console.log('exit', code);
  process.exitCode = 9;
});
setTimeout(() => console.log('never'), 0);
process.nextTick(() => console.log('never'));
try {
  process.exit(4);
} finally {
  console.log('never');
}
