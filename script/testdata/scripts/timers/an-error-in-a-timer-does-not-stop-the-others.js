// Copyright 2026 The duplex authors. MIT license.

'use strict';

process.on('uncaughtException', (e) => console.log('uncaught', e.message));
setImmediate(() => {
  throw new Error('in an immediate');
});
setImmediate(() => {
  console.log('the next immediate');
  setTimeout(() => {
    throw new Error('first');
  }, 5);
  setTimeout(() => console.log('second'), 5);
});
