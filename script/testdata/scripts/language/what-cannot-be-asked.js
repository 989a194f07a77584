// Copyright 2026 The duplex authors. MIT license.

'use strict';

const five = 5;
const text = 'text';
const nothing = undefined;

for (const f of [
  () => 'port' in five,
  () => 'x' in text,
  () => ('first' in {}) || 'second' in nothing,
  () => ('first' in five) || 'second' in {},
  () => `${Object.create(null)}`,
  () => Object.create(null) + 1,
  () => +{ valueOf: () => ({}), toString: () => ({}) },
  () => ({})[Object.create(null)],
]) {
  try {
    console.log(f());
  } catch (error) {
    console.log(error.name, error.message);
  }
}
