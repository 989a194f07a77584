// Copyright 2026 The duplex authors. MIT license.

'use strict';

class Point {
  #secret = 1;
  constructor(x, y) {
    this.x = x;
    this.y = y;
  }
  get sum() {
    return this.x + this.y;
  }
  static made = 0;
}
class Named extends Point {
  get [Symbol.toStringTag]() {
    return 'Tagged';
  }
}
console.log(new Point(1, 2), new Named(3, 4), Point, Named);
console.log(Object.create(null), Object.assign(Object.create(null), { a: 1 }), Object.create({ inherited: 1 }), Object.create(Point.prototype));
console.log(new (class extends Map {})(), new (class Stack extends Array {})(3), new (class {})());
