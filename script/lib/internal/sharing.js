// Copyright 2026 The duplex authors. MIT license.

'use strict';

const shared = new WeakSet();

// share makes a buffer one of the class of SharedArrayBuffer, see internal/shared.
exports.share = (buffer, prototype) => {
  Object.setPrototypeOf(buffer, prototype);
  shared.add(buffer);
  return buffer;
};

// isShared reports whether a value is one.
exports.isShared = (value) => shared.has(value);
