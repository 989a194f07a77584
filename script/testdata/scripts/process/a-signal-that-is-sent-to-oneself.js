// Copyright 2026 The duplex authors. MIT license.

'use strict';

process.on('SIGUSR2', (name, number) => {
  console.log(name, number);
  clearInterval(alive);
});
const alive = setInterval(() => {}, 1000);
process.kill(process.pid, 'SIGUSR2');
console.log(process.kill(process.pid, 0));
