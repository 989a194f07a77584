// Copyright 2026 The duplex authors. MIT license.

var sloppy = (function () {
  return this === globalThis;
})();
undeclared = 5;
console.log(sloppy, undeclared, delete globalThis.undeclared, typeof undeclared, this === module.exports);
console.log(010, (function (a) { arguments[0] = 2; return a; })(1));
