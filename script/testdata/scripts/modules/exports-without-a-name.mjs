// Copyright 2026 The duplex authors. MIT license.

// A default export without a name is called default.

import K from './parts/round/class.mjs';
import g from './parts/round/generator.mjs';
import a from './parts/round/arrow.mjs';
import f from './exports-without-a-name.mjs';

export default function () {
  return /at (\w+)/.exec(new Error('x').stack)[1];
}
console.log([K, g, a, f], [K, g, a, f].map((one) => one.name), K.said(), f());
