// Copyright 2026 The duplex authors. MIT license.

'use strict';

let n = 0;
process.on('beforeExit', (code) => {
  console.log('beforeExit', code, ++n);
  if (n < 3) setTimeout(() => console.log('more work'), 1);
});
process.on('exit', () => console.log('exit'));
