// Copyright 2026 The duplex authors. MIT license.

'use strict';

console.log(require('./parts/folder'), require('./parts/packaged').where, require('./parts/asks-a-neighbor'));
