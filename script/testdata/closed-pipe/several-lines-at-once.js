// Copyright 2026 The duplex authors. MIT license.

'use strict';

process.on('uncaughtException', (error) => console.error(error.message));
process.stdout.on('close', () => console.error('close'));
console.log('1');
console.log('2');
console.log('3');
setTimeout(() => {
  console.log('4');
  console.error(process.stdout.destroyed, process.stdout.listenerCount('error'));
  setImmediate(() => {
    console.log('5');
    console.log('6');
  });
}, 5);
