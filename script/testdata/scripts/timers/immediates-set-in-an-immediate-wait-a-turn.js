// Copyright 2026 The duplex authors. MIT license.

'use strict';

setImmediate(() => {
  console.log('1');
  setImmediate(() => console.log('3'));
});
setImmediate(() => console.log('2'));
