// Copyright 2026 The duplex authors. MIT license.

'use strict';

(async () => {
  console.log('1');
  await null;
  console.log('4');
  await (async () => {})();
  console.log('6');
})();
Promise.resolve().then(() => console.log('5')).then(() => console.log('7')).then(() => console.log('8'));
console.log('2');
(async () => {
  console.log('3');
})();
