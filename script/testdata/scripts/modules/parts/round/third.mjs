// Copyright 2026 The duplex authors. MIT license.

import { later, g } from './second.mjs';
import './first.mjs';
export { f as reexported } from './first.mjs';
export * from './second.mjs';
console.log('third runs', g(0));
try { later(); } catch (error) { console.log(error.name, error.message); }
export const three = 3;
