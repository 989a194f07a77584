// Copyright 2026 The duplex authors. MIT license.

'use strict';

const util = require('util');

const old = util.deprecate((n) => n + 1, 'old() is old', 'OLD001');
process.on('warning', (w) => console.log(w.name, w.code, w.message));
console.log(old(1), old(2));
console.log(util.types.isDate(new Date()), util.types.isPromise(Promise.resolve()), util.types.isRegExp(/x/), util.types.isUint8Array(Buffer.alloc(1)));
console.log(util.isArray([]), util.stripVTControlCharacters('\x1b[31mred\x1b[0m'), util.toUSVString('a\ud800'), util.inspect.custom.toString());
console.log(util.types.isProxy(new Proxy({}, {})), util.types.isMap(new Map()), util.types.isGeneratorFunction(function* () {}), util.types.isAsyncFunction(async () => {}));
console.log(util.getSystemErrorName(-98), util.types.isNativeError(new TypeError()), util.types.isBoxedPrimitive(Object(1)));
