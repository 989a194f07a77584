// Copyright 2026 The duplex authors. MIT license.

'use strict';

const EE = require('events');
(async () => {
  const e = new EE();
  const it = EE.on(e, 'x');
  const p = it.next();
  p.then((v) => console.log('p', v), (x) => console.log('p rej', x.message));
  it.throw(new Error('t'));
  console.log(e.listenerCount('x'), e.listenerCount('error'));
  await 1;
  await 1;
  await 1;
  await new Promise((r) => setTimeout(r, 5));
  console.log('next', await it.next().catch((x) => x.message));
  console.log(await it.next());
  const e2 = new EE();
  const a = EE.on(e2, 'error');
  e2.emit('error', 5);
  console.log(await a.next());
  console.log(e2.listeners('error'));
  const b = EE.on(e2, 'k', { close: ['end', 'fin'] });
  console.log(e2._events);
  const p2 = b.next();
  e2.emit('fin');
  console.log(await p2, e2.eventNames());
  e2.emit('k');
  const w = EE.on(e2, 'k')[/* @__PURE__ */ Symbol.for('nodejs.watermarkData')];
  console.log(w);
  console.log(EE.on.length);
  const it4 = EE.on(e2, 'm');
  e2.emit('m', 1);
  e2.emit('m', 2);
  it4.return();
  console.log(await it4.next(), await it4.next());
  const s = EE.on(e2, 'q');
  for (const k of ['next', 'return', 'throw']) console.log(s[k].length);
  const P = Object.getPrototypeOf(s);
  console.log(Reflect.ownKeys(P), Object.getPrototypeOf(P) === Object.prototype, s[Symbol.asyncIterator]() === s);
  const et = new EventTarget();
  const j = EE.on(et, 'w');
  console.log(EE.getEventListeners(et, 'w'), EE.getEventListeners(et, 'error'));
  await j.return();
  console.log(EE.getEventListeners(et, 'w'));
  const ac = new AbortController();
  const o = EE.once(e2, 'z', { signal: ac.signal });
  e2.emit('z', 1);
  await o;
  console.log(EE.getEventListeners(ac.signal, 'abort').length);
  const ac2 = new AbortController();
  const q = EE.once(et, 'z', { signal: ac2.signal });
  console.log(EE.getEventListeners(et, 'z'));
  ac2.abort();
  await q.catch((x) => console.log(x.name, x.cause.name, Reflect.ownKeys(x)));
  try {
    EE.on({}, 'x');
  } catch (x) {
    console.log(x.message);
  }
  const c = EE.once(e2, 'error');
  console.log(e2._events.error);
  e2.emit('error', 1);
  console.log(await c);
  EE.once(3, 'x').catch((x) => console.log(x.message));
  try {
    EE.addAbortListener(ac2.signal);
  } catch (x) {
    console.log(x.message);
  }
})();
