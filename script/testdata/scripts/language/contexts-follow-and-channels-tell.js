// Copyright 2026 The duplex authors. MIT license.

'use strict';

const ah = require('async_hooks');
const { AsyncLocalStorage, AsyncResource } = ah;
const t = (f) => {
  try {
    const r = f();
    console.log('ok', r);
  } catch (e) {
    console.log(e.name, e.code, e.message);
  }
};
const als = new AsyncLocalStorage();
console.log(als);
als.run(1, () => {
  console.log(als.getStore());
  setTimeout(() => console.log('t', als.getStore()), 300);
  setImmediate(() => console.log('i', als.getStore()));
  process.nextTick(() => console.log('n', als.getStore()));
  Promise.resolve().then(() => console.log('p', als.getStore()));
  queueMicrotask(() => console.log('q', als.getStore()));
  (async () => {
    await 1;
    console.log('a', als.getStore());
    als.run(2, async () => {
      await 2;
      console.log('b', als.getStore());
    });
    await 3;
    console.log('c', als.getStore());
  })();
});
console.log(als.getStore(), als.run(5, (a, b) => [a, b, als.getStore()], 1, 2), als.exit(() => als.getStore()));
als.enterWith('e');
console.log(als.getStore());
setTimeout(() => console.log('t2', als.getStore()), 600);
const snap = AsyncLocalStorage.snapshot();
als.enterWith('f');
console.log(snap((x) => [x, als.getStore()], 9));
const bd = AsyncLocalStorage.bind(() => als.getStore());
als.enterWith('g');
console.log(bd());
als.disable();
console.log(als.getStore());
t(() => ah.createHook(3));
t(() => ah.createHook({ init: 3 }));
const h = ah.createHook({ init() {
} });
console.log(h.enable() === h, h.disable() === h, h);
try {
  als.run(1, () => {
    throw Error('x');
  });
} catch (e) {
  console.log(als.getStore());
}
const dc = require('diagnostics_channel');
console.log(dc);
const ch = dc.channel('a');
console.log(ch, ch.hasSubscribers, dc.hasSubscribers('a'), dc.channel('a') === ch);
const sub = (m, n) => console.log('msg', m, n);
ch.subscribe(sub);
console.log(ch.hasSubscribers, dc.hasSubscribers('a'), ch, ch.name);
ch.publish({ x: 1 });
dc.subscribe('a', sub);
ch.publish(1);
console.log(dc.unsubscribe('a', sub), ch.unsubscribe(sub), ch.unsubscribe(sub), ch.hasSubscribers);
t(() => dc.channel(3));
t(() => dc.channel(null));
t(() => ch.subscribe(3));
t(() => dc.channel(/* @__PURE__ */ Symbol('q')).name);
t(() => new dc.Channel('z'));
ch.subscribe(() => {
  throw Error('sub');
});
process.on('uncaughtException', (e, o) => console.log('UE', e.message, o));
ch.publish(2);
const tc = dc.tracingChannel('op');
console.log(Object.keys(tc), tc.start.name, tc.asyncEnd.name);
tc.subscribe({ start: (m) => console.log('start', m), end: (m) => console.log('end', m), error: (m) => console.log('error', m.error.message), asyncStart: (m) => console.log('as', m), asyncEnd: (m) => console.log('ae', m) });
tc.traceCallback((x, cb) => setTimeout(cb, 900, null, 'res'), -1, { k: 1 }, null, 5, (e, r) => console.log('cb', e, r));
ch.bindStore(als, (x) => ({ w: x }));
console.log(ch.runStores(4, function(a) {
  return [this, a, als.getStore()];
}, 'th', 6));
console.log(ch.unbindStore(als), ch.unbindStore(als));
