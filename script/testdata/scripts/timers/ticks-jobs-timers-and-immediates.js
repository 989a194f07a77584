// Copyright 2026 The duplex authors. MIT license.

'use strict';

setTimeout(() => console.log('timeout'), 0);
setImmediate(() => {
  console.log('immediate');
  process.nextTick(() => console.log('tick of the immediate'));
  Promise.resolve().then(() => console.log('job of the immediate'));
});
process.nextTick(() => {
  console.log('tick');
  Promise.resolve().then(() => console.log('job of the tick'));
  process.nextTick(() => console.log('tick of the tick'));
});
Promise.resolve().then(() => {
  console.log('job');
  process.nextTick(() => console.log('tick of the job'));
  queueMicrotask(() => console.log('job of the job'));
});
queueMicrotask(() => console.log('microtask'));
console.log('script');
const end = Date.now() + 20;
while (Date.now() < end);
