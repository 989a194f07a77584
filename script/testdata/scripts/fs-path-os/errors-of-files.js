// Copyright 2026 The duplex authors. MIT license.

'use strict';

const fs = require('fs');

for (const f of [
  () => fs.readFileSync('/nowhere/at/all'),
  () => fs.readFileSync('/'),
  () => fs.readdirSync('/nowhere'),
  () => fs.mkdirSync('/'),
  () => fs.unlinkSync('/nowhere/x'),
  () => fs.statSync('/nowhere'),
  () => fs.renameSync('/nowhere/a', '/nowhere/b'),
  () => fs.readFileSync(5.5),
  () => fs.readFileSync({}),
  () => fs.writeFileSync('/nowhere/x', 5),
]) {
  try {
    f();
    console.log('nothing thrown');
  } catch (e) {
    console.log(e.name, e.code, e.errno, e.syscall, e.path, e.dest, e.message);
  }
}
console.log(fs.statSync('/nowhere', { throwIfNoEntry: false }));
