// Copyright 2026 The duplex authors. MIT license.

'use strict';

console.log(require('./parts/data'), require('./parts/data.json') === require('./parts/data'));
try {
  require('./parts/broken.json');
} catch (e) {
  console.log(e.name);
}
