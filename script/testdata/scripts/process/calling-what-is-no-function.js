// Copyright 2026 The duplex authors. MIT license.

'use strict';

const o = { a: { b: 1 } };
for (const f of [() => o.a.b(), () => o.c.d, () => o.c(), () => null.x, () => new o.a(), () => undefinedName, () => (o.x.y = 1)]) {
  try {
    f();
  } catch (e) {
    console.log(e.name, e.message);
  }
}
