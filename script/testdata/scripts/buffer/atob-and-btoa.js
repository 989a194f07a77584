// Copyright 2026 The duplex authors. MIT license.

'use strict';

console.log(btoa('hello'), atob('aGVsbG8='), atob(' aGVs bG8 '), btoa(''));
for (const f of [() => btoa('€'), () => atob('a'), () => atob('*')]) {
  try {
    console.log(f());
  } catch (e) {
    console.log(e.name, e.code, e.message);
  }
}
