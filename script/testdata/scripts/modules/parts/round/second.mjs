// Copyright 2026 The duplex authors. MIT license.

import d, { f, c, waits, goes, C } from './first.mjs';
import * as all from './first.mjs';
import { three } from './third.mjs';
export function g(n) { return n > 0 ? f(n - 1) : 'g0'; }
export const gg = () => 'gg';
export class K { k = f(0); }
console.log('second runs', f(0), f(3), d(), [...goes()], three);
waits().then(console.log);
for (const use of [() => c, () => C, () => all.c]) {
  try { use(); } catch (error) { console.log(error.name, error.message); }
}
export const later = () => c;
