// Copyright 2026 The duplex authors. MIT license.

'use strict';

const EventEmitter = require('events');

const e = new EventEmitter();
for (const error of [new TypeError('real'), 'text', undefined, { a: 1 }, null]) {
  try {
    e.emit('error', error);
  } catch (thrown) {
    console.log(thrown.name, thrown.code, thrown.message, thrown === error, thrown.context);
  }
}
e.on('error', (error) => console.log('heard', error));
console.log(e.emit('error', 1));
