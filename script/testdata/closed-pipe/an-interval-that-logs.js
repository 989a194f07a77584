// Copyright 2026 The duplex authors. MIT license.

'use strict';

// The first failure is nobody's; each one after it is an error of stdout.
let lines = 0;
process.on('uncaughtException', (error, origin) => console.error(`${error.message}, ${origin}, after ${lines}`));
const timer = setInterval(() => {
  lines++;
  console.log('tick');
  if (lines === 4) clearInterval(timer);
}, 5);
process.on('exit', (code) => {
  const { destroyed, errored, writable } = process.stdout;
  console.error(code, destroyed, errored, writable, process.stdout.listenerCount('error'));
});
