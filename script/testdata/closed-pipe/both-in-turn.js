// Copyright 2026 The duplex authors. MIT license.

'use strict';

process.on('uncaughtException', (error) => console.error(error.message));
let lines = 0;
const timer = setInterval(() => {
  console.log('x');
  process.stdout.write('y');
  console.log('z');
  if (++lines === 3) clearInterval(timer);
}, 3);
