// Copyright 2026 The duplex authors. MIT license.

'use strict';

(async () => {
  const { default: Thing, one, change } = await import('./parts/values.mjs');
  console.log(new Thing().name, one, typeof change);
  const common = await import('./parts/common.cjs');
  console.log(common.default.named);
  const net = await import('node:net');
  console.log(net.default === require('net'), net.isIP('::1'));
  await import('./parts/nowhere.mjs').catch((e) => console.log(e.code));
})();
