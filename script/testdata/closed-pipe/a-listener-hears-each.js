// Copyright 2026 The duplex authors. MIT license.

'use strict';

process.stdout.on('error', (error) => console.error(error.message));
let lines = 0;
const timer = setInterval(() => {
  console.log('line', ++lines);
  if (lines === 4) clearInterval(timer);
}, 3);
