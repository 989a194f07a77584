// Copyright 2026 The duplex authors. MIT license.

'use strict';

const log = (...a) => console.log(...a);
process.on('uncaughtException', (e, o) => log('UE', e.message, o));
let n = 0;
process.on('beforeExit', () => {
  log('beforeExit', n);
  if (n < 5) {
    n = 9;
    setImmediate(() => log('more'));
  }
});
process.on('exit', (c) => log('exit', c));
setTimeout(() => {
  log('t1');
  process.nextTick(() => log('t1 tick'));
  Promise.resolve().then(() => log('t1 job'));
}, 2);
setTimeout(() => {
  log('t2');
  throw Error('t2');
}, 2);
setTimeout(() => log('t3'), 2);
setTimeout(() => {
  setTimeout(() => log('timer 0'), 0);
  setImmediate(() => {
    log('imm 1');
    setImmediate(() => log('imm nested'));
    process.nextTick(() => log('imm tick'));
  });
  setImmediate(() => log('imm 2'));
  const c = setImmediate(() => log('cleared'));
  clearImmediate(c);
  setImmediate(() => {
    clearImmediate(d);
  });
  const d = setImmediate(() => log('cleared by other'));
  const end = Date.now() + 5;
  while (Date.now() < end) ;
}, 60);
setTimeout(() => log('unref never'), 1e3).unref();
const r = setTimeout(() => {
  log('refresh', r === globalThis.rr);
}, 40);
globalThis.rr = r;
setTimeout((a, b) => log('args', a, b), 20, 'x', 'y');
const x = setTimeout(() => log('no'), 1);
clearTimeout(+x);
const y = setTimeout(() => log('no'), 1);
clearTimeout(String(+y));
setTimeout(() => log('str'), '30');
