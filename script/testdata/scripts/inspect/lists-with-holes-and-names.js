// Copyright 2026 The duplex authors. MIT license.

'use strict';

const list = [1, , 3];
list.name = 'named';
list[-1] = 'minus';
console.log(list, [, ,], new Array(5), [undefined, , null]);
console.log(Object.assign([1], { [Symbol('s')]: 1 }), Object.assign(() => {}, { a: 1 }), Object.assign(function f() {}, { b: { c: 1 } }));
(function () {
  console.log(arguments, [...arguments]);
})(1, 'two');
