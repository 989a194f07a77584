// Copyright 2026 The duplex authors. MIT license.

'use strict';

let n = 0;
const interval = setInterval((...args) => {
  console.log(++n, ...args);
  if (n === 3) clearInterval(interval);
}, 5, 'with', 'arguments');
