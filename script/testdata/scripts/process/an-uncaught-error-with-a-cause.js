// Copyright 2026 The duplex authors. MIT license.

'use strict';

try {
  throw new TypeError('no such file');
} catch (cause) {
  throw new Error('cannot read the settings', { cause });
}
