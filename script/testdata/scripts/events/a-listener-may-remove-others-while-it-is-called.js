// Copyright 2026 The duplex authors. MIT license.

'use strict';

const EventEmitter = require('events');

const e = new EventEmitter();
const second = () => console.log('second');
e.on('x', () => {
  console.log('first');
  e.off('x', second);
  e.on('x', () => console.log('late'));
});
e.on('x', second);
e.emit('x');
console.log('again');
e.emit('x');
