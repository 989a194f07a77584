// Copyright 2026 The duplex authors. MIT license.

'use strict';

process.on('warning', (warning) => console.log(warning.name, warning.code));
console.log(require('./parts/uses-old').make().join(' '));
setTimeout(() => {
  console.log('no warning so far');
  require('assert').CallTracker; // it is the call that warns
  console.log(String(new Buffer('of the script itself')));
}, 1);
