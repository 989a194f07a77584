// Copyright 2026 The duplex authors. MIT license.

'use strict';

const first = require('./parts/counter');
const second = require('./parts/counter.js');
console.log(first === second, first.next(), second.next(), first.count);
delete require.cache[require.resolve('./parts/counter')];
console.log(require('./parts/counter').count);
