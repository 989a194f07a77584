// Copyright 2026 The duplex authors. MIT license.

'use strict';

process.once('uncaughtException', (e) => {
  console.log('first', e);
  setTimeout(() => {
    throw { an: 'object' };
  }, 1);
});
setTimeout(() => {
  throw 'a string';
}, 1);
