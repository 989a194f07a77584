// Copyright 2026 The duplex authors. MIT license.

'use strict';

const timer = setTimeout(() => {}, 1000);
console.log(typeof timer, timer.constructor.name, timer.hasRef());
console.log(timer.unref() === timer, timer.hasRef(), timer.ref() === timer, timer.hasRef());
console.log(timer.refresh() === timer, typeof timer[Symbol.toPrimitive]());
console.log(timer.close() === timer);
const immediate = setImmediate(() => {});
console.log(immediate.constructor.name, immediate.hasRef(), immediate.unref() === immediate, immediate.hasRef());
clearImmediate(immediate);
