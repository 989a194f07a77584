// Copyright 2026 The duplex authors. MIT license.

'use strict';

console.log('before');
require('./nowhere');
