// Copyright 2026 The duplex authors. MIT license.

'use strict';

process.nextTick((a, b) => console.log(a, b), 1, 2);
process.nextTick(console.log, 'directly');
for (let i = 0; i < 3; i++) process.nextTick((n) => console.log('tick', n), i);
