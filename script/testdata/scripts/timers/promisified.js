// Copyright 2026 The duplex authors. MIT license.

'use strict';

const { promisify } = require('util');

(async () => {
  console.log(await promisify(setTimeout)(5, 'after a timeout'));
  console.log(await promisify(setImmediate)('after an immediate'));
})();
