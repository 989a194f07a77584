// Copyright 2026 The duplex authors. MIT license.

'use strict';

process.on('uncaughtException', (error) => console.error(error.message));
let lines = 0;
const timer = setInterval(() => {
  console.error(process.stdout.write(`${++lines}`, (error) => console.error('callback', error && error.code)));
  if (lines === 3) clearInterval(timer);
}, 3);
