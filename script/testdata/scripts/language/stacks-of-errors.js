// Copyright 2026 The duplex authors. MIT license.

'use strict';

function thrower() {
  throw new Error('here');
}
try {
  thrower();
} catch (e) {
  const lines = e.stack.split('\n');
  console.log(lines[0]);
  console.log(/^ {4}at thrower \(.*stacks-of-errors\.js:6:9\)$/.test(lines[1]));
}
const o = {};
Error.captureStackTrace(o);
console.log(typeof o.stack, Object.getOwnPropertyDescriptor(o, 'stack').enumerable, Error.stackTraceLimit);
