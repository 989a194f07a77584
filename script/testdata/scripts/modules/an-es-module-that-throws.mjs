// Copyright 2026 The duplex authors. MIT license.

import './parts/values.mjs';

console.log('before');
throw new Error('from an es module');
