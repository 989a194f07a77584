// Copyright 2026 The duplex authors. MIT license.

import { g, gg, K, later } from './second.mjs';
export function f(n) { return n > 0 ? g(n - 1) : 'f0'; }
export default function () { return 'the default of first'; }
export const c = 1;
export class C {}
export async function waits() { return 'has waited'; }
export function* goes() { yield 'goes'; }
console.log('first runs', gg(), g(3), new K().k, later());
