// Copyright 2026 The duplex authors. MIT license.

// A chain of relations begins at its left, unless parentheses say otherwise.
let a = 3, b = 2, c = 1;
const id = (x) => x;
console.log(3 > 2 > 1, 1 < 2 < 3, 3 > 2 >= 1, 5 >= 4 <= 0, (3 > 2) > 1, 3 > (2 > 1), 1 < 3 > 2 < 1);
console.log(a > b > c, a > (b) > c, (a) > (b) > (c), a > (b > c), a > ((b) > c), a > (b > (c)), ((a > b) > c), a > id(b) > c, a > (id(b) > c));
console.log(c < b < a < 4, c < (b < a) < 4, c < (b < (a < 4)), a >= b /* ( */ >= c, a - b < b - c < 1, a > ')'.length > c);
console.log(a instanceof Object < 1, [] instanceof Array instanceof Object, 'a' in { a: 1 } < 5, 'x' in {} in { false: 1 }, 'x' in ({} in { false: 1 } ? { x: 1 } : {}));
console.log(1n instanceof Object >= Object.entries({ z: 1 }), a > b === b > c, !(a > b) < c, a > b && b > c, a > (b, c) > 0);
