// Copyright 2026 The duplex authors. MIT license.

'use strict';

const EventEmitter = require('events');

const e = new EventEmitter();
for (const listener of [undefined, null, 'x', {}]) {
  for (const method of ['on', 'once', 'off', 'prependListener']) {
    try {
      e[method]('x', listener);
    } catch (thrown) {
      console.log(method, thrown.name, thrown.code, thrown.message);
    }
  }
}
for (const n of [-1, 'x', NaN]) {
  try {
    e.setMaxListeners(n);
  } catch (thrown) {
    console.log(thrown.name, thrown.code, thrown.message);
  }
}
