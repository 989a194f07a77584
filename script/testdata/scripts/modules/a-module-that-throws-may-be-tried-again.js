// Copyright 2026 The duplex authors. MIT license.

'use strict';

for (let i = 0; i < 2; i++) {
  try {
    require('./parts/throws');
  } catch (e) {
    console.log(e.message);
  }
}
