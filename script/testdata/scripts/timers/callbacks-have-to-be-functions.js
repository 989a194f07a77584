// Copyright 2026 The duplex authors. MIT license.

'use strict';

for (const set of [setTimeout, setInterval, setImmediate, queueMicrotask, process.nextTick]) {
  for (const callback of [undefined, 'code()', {}]) {
    try {
      set(callback, 1);
    } catch (e) {
      console.log(set.name, e.name, e.code, e.message);
    }
  }
}
