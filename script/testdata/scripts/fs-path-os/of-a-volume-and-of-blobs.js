// Copyright 2026 The duplex authors. MIT license.

'use strict';

const fs = require('fs');

const volume = fs.statfsSync('.');
console.log(volume.constructor.name, Object.keys(volume), typeof volume.bsize, volume.bfree <= volume.blocks, typeof fs.statfsSync('.', { bigint: true }).type);
try {
  fs.statfsSync('/nowhere/at/all');
} catch (error) {
  console.log(error.code, error.syscall, error.message);
}
console.log('lchmod' in fs, 'lchmodSync' in fs, fs.lchmod, typeof fs.promises.lchmod);
(async () => {
  console.log((await fs.promises.statfs('.')).blocks > 0);
  await fs.promises.lchmod('x', 0o600).catch((error) => console.log(error.code, error.message));
  const blob = await fs.openAsBlob(__filename, { type: 'text/javascript' });
  console.log(blob.type, blob.size === fs.statSync(__filename).size, (await blob.text()).slice(0, 12));
  try {
    await fs.openAsBlob('/nowhere/at/all');
  } catch (error) {
    console.log(error.name, error.code, error.message);
  }
})();
