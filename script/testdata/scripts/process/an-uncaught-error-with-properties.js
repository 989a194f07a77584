// Copyright 2026 The duplex authors. MIT license.

'use strict';

const e = new Error('with more');
e.code = 'EMORE';
e.details = { a: 1, b: [1, 2, 3] };
throw e;
