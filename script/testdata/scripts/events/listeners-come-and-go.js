// Copyright 2026 The duplex authors. MIT license.

'use strict';

const EE = require('events');
const e = new EE();
e.on('newListener', function(n, l) {
  console.log('new', n, l.name, this === e, e.listenerCount(n));
});
e.on('removeListener', (n, l) => console.log('rem', n, l.name, e.listenerCount(n)));
function a() {
  console.log('a');
}
function b() {
  console.log('b');
}
e.once('x', a);
e.on('x', b);
e.prependListener('x', a);
e.on('y', b);
console.log(e.listeners('x').map((f2) => f2.name), e.rawListeners('x').map((f2) => f2.name));
e.emit('x');
e.off('x', b);
console.log(e._events.x);
e.removeAllListeners('x');
e.removeAllListeners();
console.log(e);
e.on('s', a);
console.log(e.listenerCount('s', a), e.listenerCount('s', b), e.listenerCount('zz', a));
e.off('s', a);
console.log(e);
e.on('e1', a).on('e1', b);
e.removeAllListeners('e1');
console.log(e._events);
const sy = /* @__PURE__ */ Symbol('s');
e.on(sy, a);
console.log(e.eventNames());
const f = new EE();
f.on(EE.errorMonitor, (x) => console.log('mon', x.message));
try {
  f.emit('error', Error('q'));
} catch (x) {
  console.log('thrown', x.message);
}
const g = new EE();
g.on('z', function r3() {
  console.log(1);
  g.off('z', r2);
});
function r2() {
  console.log(2);
}
g.on('z', r2);
g.emit('z');
g.emit('z');
const h = new EE();
h.once('k', a);
h.once('k', b);
console.log(h.rawListeners('k'));
h.rawListeners('k')[0]();
console.log(h._events);
h.off('k', b);
console.log(h._events);
const p = Object.create(EE.prototype);
console.log(p._events, p.listenerCount('a'), p.eventNames(), p.listeners('x'), p.off('a', a) === p, p.removeAllListeners() === p, p.emit('zz'));
console.log(Object.keys(p));
const r = new EE();
r._events = void 0;
r.on('u', a);
console.log(Object.keys(r), r._eventsCount);
console.log(e.emit.length, e.on.name, e.emit.name);
const many = new EE();
many.on('m', () => console.log('m'));
many.on('m', (...x) => console.log(x));
many.emit('m', 1, 2, 3, 4, 5);
