// Copyright 2026 The duplex authors. MIT license.

'use strict';

const o = {};
const ref = new WeakRef(o);
console.log(ref.deref() === o, typeof FinalizationRegistry, new FinalizationRegistry(() => {}) instanceof FinalizationRegistry);
const m = new WeakMap([[o, 1]]);
console.log(m.get(o), m.has({}), new WeakSet([o]).has(o));
