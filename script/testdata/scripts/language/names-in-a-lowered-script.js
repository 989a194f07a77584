// Copyright 2026 The duplex authors. MIT license.

// Functions and classes keep their names in a file that is rewritten and calls eval.

async function* one() {
  yield 1;
}
const two = async function* () { yield 2; };
const three = { async *method() { yield 3; }, plain() {} };

(function () {
  class C { static own = C.name; }
  const f = () => eval('C.name');
  function g() { return f.name; }
  console.log(C.name, C.own, f(), f.name, g());
})();
(function () {
  class C { static own = C.name; }
  const f = () => f.name;
  { function g() { return g.name; } console.log(g(), g.length); }
  console.log(C.name, C.own, f(), g.name);
})();
console.log(one.name, two.name, three.method.name, three.plain.name, one, two, Object.getPrototypeOf(two) === Object.getPrototypeOf(one));
(async () => { for await (const v of one()) console.log(v, (await two().next()).value, one().toString()); })();
