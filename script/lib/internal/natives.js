// Copyright 2026 The duplex authors. MIT license.

// Functions that are V8's own in Node, and are written in JavaScript here: their text
// is that of native code, which packages look for.

'use strict';

const names = new WeakMap();

// native marks one.
function native(f, name = f.name) {
  names.set(f, name);
  return f;
}

// all marks what an object has, and what its classes and their prototypes have.
function all(object) {
  if (typeof object === 'function') native(object);
  for (const key of Reflect.ownKeys(object)) {
    const { value, get, set } = Object.getOwnPropertyDescriptor(object, key);
    if (get) native(get);
    if (set) native(set);
    if (key === 'constructor' || value === object) continue;
    if (typeof value === 'function' && Object.hasOwn(value, 'prototype') || key === 'prototype') all(value);
    else if (typeof value === 'function') native(value);
  }
  return object;
}

exports.native = native;
exports.all = all;

// textOf returns the text of a function that is marked.
exports.textOf = (f) => (names.has(f) ? `function ${names.get(f)}() { [native code] }` : undefined);
