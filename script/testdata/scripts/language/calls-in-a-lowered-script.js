// Copyright 2026 The duplex authors. MIT license.

// What is called and is no function has its name, in a file that is rewritten too.

'use strict';

async function* one() {
  yield 1;
}

const x = { y: {} };
let u;
const tell = (f) => { try { f(); } catch (error) { console.log(`${error.name}: ${error.message}`); } };
tell(() => x.f());
tell(() => { x.y.g(1, 2); });
tell(() => x?.f());
tell(() => u.f());
tell(() => u());
tell(() => x.y(u, 'text'));
tell(() => new x.y());
tell(() => [...x]);
tell(() => { for (const one of x); });
tell(() => x['f']());
tell(() => x[0]());
tell(() => x.f().g());
tell(() => (x.f)());
tell(() => x.f``);
tell(() => {
  x.f(function () {
    return 1;
  });
});
tell(() => {
  x
    .y
    .f();
});
(async () => {
  for await (const value of one()) {
    try { await x.f(value); } catch (error) { console.log(error.message); }
    try { await x.y.b(await 1, value); } catch (error) { console.log(error.message); }
  }
})();
