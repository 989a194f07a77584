// Copyright 2026 The duplex authors. MIT license.

'use strict';

for (const name of ['./nowhere', 'no-such-package', './parts/folder/nothing.js', 'node:nothing']) {
  try {
    require(name);
  } catch (e) {
    console.log(e.code, e.message.split('\n')[0], e.requireStack && e.requireStack.length);
  }
}
for (const wrong of ['', 5, undefined]) {
  try {
    require(wrong);
  } catch (e) {
    console.log(e.name, e.code, e.message);
  }
}
