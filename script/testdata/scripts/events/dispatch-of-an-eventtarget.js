// Copyright 2026 The duplex authors. MIT license.

'use strict';

const o = new EventTarget();
const B = () => console.log('B');
o.addEventListener('x', () => {
  console.log('A');
  o.addEventListener('x', () => console.log('C'));
});
o.addEventListener('x', B);
o.dispatchEvent(new Event('x'));
const p = new EventTarget();
const q = () => console.log('removed one');
p.addEventListener('x', () => {
  console.log('1');
  p.removeEventListener('x', q);
});
p.addEventListener('x', q);
p.addEventListener('x', () => console.log(3));
p.dispatchEvent(new Event('x'));
const r = new EventTarget();
r.addEventListener('x', () => {
  console.log('L');
  r.addEventListener('x', () => console.log('new'));
});
r.dispatchEvent(new Event('x'));
const st = new EventTarget();
st.addEventListener('x', (e) => e.stopImmediatePropagation());
st.addEventListener('x', () => console.log('passive runs'), { passive: true });
st.dispatchEvent(new Event('x'));
const ev = new Event('z');
const z = new EventTarget();
z.addEventListener('z', (e) => {
  console.log('zz');
  e.stopImmediatePropagation();
});
z.dispatchEvent(ev);
z.dispatchEvent(ev);
z.addEventListener('h', {});
process.on('uncaughtException', (e) => console.log('UE', e.message));
z.dispatchEvent(new Event('h'));
z.addEventListener('b', () => {
}, true);
z.removeEventListener('b', () => {
}, 3);
console.log(new CustomEvent('x').detail, new CustomEvent('x', { detail: void 0 }).detail, new CustomEvent('x', { detail: 0 }).detail);
try {
  new CustomEvent('x', 3);
} catch (e) {
  console.log(e.message);
}
try {
  CustomEvent.prototype.detail;
} catch (e) {
  console.log(e.message);
}
try {
  z.addEventListener('b', () => {
  }, 'str');
} catch (e) {
  console.log(e.message);
}
z.addEventListener('b', () => {
}, null);
z.addEventListener('b', () => {
}, void 0);
const p2 = new Event('p', { cancelable: true });
p2.preventDefault();
console.log(new EventTarget().dispatchEvent(p2));
z.addEventListener(Symbol.iterator.description, () => {
});
try {
  z.addEventListener(/* @__PURE__ */ Symbol('a'), () => {
  });
} catch (e) {
  console.log(e.message);
}
console.log(z.addEventListener.length, AbortSignal.abort().onabort, new AbortController().signal.reason);
const ac = new AbortController();
ac.abort(null);
console.log(ac.signal.reason);
const ac3 = new AbortController();
ac3.abort(void 0);
console.log(ac3.signal.reason.message, AbortSignal.abort(void 0).reason.message, AbortSignal.abort(null).reason);
const big = AbortSignal.any([AbortSignal.abort(7)]);
console.log(big.aborted, big.reason);
console.log(require('events').getEventListeners(z, 'b').length, require('events').getEventListeners(z, 'none'));
