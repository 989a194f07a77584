// Copyright 2026 The duplex authors. MIT license.

'use strict';

const EventEmitter = require('events');

const e = new EventEmitter();
e.on('x', (...args) => console.log('first', ...args));
e.prependListener('x', () => console.log('before'));
e.once('x', () => console.log('once'));
e.prependOnceListener('x', () => console.log('once before'));
console.log(e.emit('x', 1, 2, 3));
console.log(e.emit('x'));
console.log(e.emit('y'));
