// Copyright 2026 The duplex authors. MIT license.

// Modules that import each other have their functions from the start.

import { f, c } from './parts/round/first.mjs';
import * as third from './parts/round/third.mjs';

console.log(f(2), c, third.reexported(0), third);
console.log(Object.isExtensible(third), Object.isSealed(third));
