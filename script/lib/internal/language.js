// Copyright 2026 The duplex authors. MIT license.

// What V8 has and goja has not, as far as it can be had from outside. What a script
// may never ask for is made when it does.

'use strict';

const natives = require('internal/natives');

for (const [name, symbol] of [
  ['asyncIterator', Symbol('Symbol.asyncIterator')],
  ['dispose', Symbol.for('nodejs.dispose')],
  ['asyncDispose', Symbol.for('nodejs.asyncDispose')],
]) {
  if (!Symbol[name]) Object.defineProperty(Symbol, name, { value: symbol });
}

function define(object, name, value, enumerable = false) {
  if (typeof value === 'function') natives.native(value, name);
  Object.defineProperty(object, name, { value, writable: true, enumerable, configurable: true });
}

// later defines a global whose value is made when it is first looked at.
function later(name, make, enumerable = false) {
  if (Object.hasOwn(globalThis, name)) return;
  Object.defineProperty(globalThis, name, {
    enumerable,
    configurable: true,
    get() {
      const value = make();
      define(globalThis, name, value, enumerable);
      return value;
    },
    set(value) {
      define(globalThis, name, value, enumerable);
    },
  });
}

// goja lets what has only a getter be assigned to, if that place could be written to once.
for (const { prototype } of [Map, Set]) {
  const size = Object.getOwnPropertyDescriptor(prototype, 'size');
  Object.defineProperty(prototype, 'size', { value: undefined, writable: false });
  Object.defineProperty(prototype, 'size', size);
}

define(globalThis, 'queueMicrotask', function queueMicrotask(callback) {
  if (typeof callback !== 'function') {
    const { ERR_INVALID_ARG_TYPE } = require('internal/errors').codes;
    throw new ERR_INVALID_ARG_TYPE('callback', 'Function', callback);
  }
  settled.then(() => {
    try {
      callback();
    } catch (error) {
      require('internal/bootstrap').settle(error);
    }
  });
}, true);
const settled = Promise.resolve();

later('CustomEvent', () => require('internal/event_target').CustomEvent);
later('DOMException', () => require('internal/dom_exception').DOMException);
later('structuredClone', () => natives.native(require('internal/clone').structuredClone), true);
later('WebAssembly', () => natives.all(require('internal/wasm').WebAssembly));
later('SharedArrayBuffer', () => natives.all(require('internal/shared').SharedArrayBuffer));
later('Atomics', () => natives.all(require('internal/shared').Atomics));
later('WeakRef', () => natives.all(require('internal/weak').WeakRef));
later('FinalizationRegistry', () => natives.all(require('internal/weak').FinalizationRegistry));

// An unpaired surrogate is what makes a string ill-formed.
function wellFormed(text, replace) {
  if (!/[\uD800-\uDFFF]/.test(text)) return text;
  let made = '';
  for (const one of text) made += one.length === 1 && one >= '\uD800' && one <= '\uDFFF' ? replace(one) : one;
  return made;
}

function accessor(object, name) {
  for (let one = Object(object); one !== null; one = Object.getPrototypeOf(one)) {
    const found = Object.getOwnPropertyDescriptor(one, name);
    if (found) return found;
  }
  return undefined;
}

const { get: byteLength } = Object.getOwnPropertyDescriptor(ArrayBuffer.prototype, 'byteLength');
const missing = [
  [String.prototype, {
    isWellFormed() {
      const text = String(this);
      return wellFormed(text, () => '') === text;
    },
    toWellFormed() {
      return wellFormed(String(this), () => '\uFFFD');
    },
  }],
  [ArrayBuffer.prototype, {
    get resizable() {
      byteLength.call(this);
      return false;
    },
    get maxByteLength() {
      return byteLength.call(this);
    },
  }],
  [Object.prototype, {
    __defineGetter__(name, get) {
      Object.defineProperty(this, name, { get, enumerable: true, configurable: true });
    },
    __defineSetter__(name, set) {
      Object.defineProperty(this, name, { set, enumerable: true, configurable: true });
    },
    __lookupGetter__(name) {
      return accessor(this, name)?.get;
    },
    __lookupSetter__(name) {
      return accessor(this, name)?.set;
    },
  }],
  [Date.prototype, {
    getYear() {
      return this.getFullYear() - 1900;
    },
    setYear(year) {
      return this.setFullYear(year >= 0 && year <= 99 ? 1900 + Math.trunc(year) : year);
    },
    toGMTString: Date.prototype.toUTCString,
  }],
];
for (const [object, methods] of missing) {
  for (const name of Object.keys(methods)) {
    if (name in object) continue;
    const { value, get } = Object.getOwnPropertyDescriptor(methods, name);
    if (get === undefined) define(object, name, value);
    else Object.defineProperty(object, name, { get: natives.native(get), configurable: true });
  }
}

// inEnglish returns a date by options, or the usual text if there are none.
function inEnglish(date, options, kind, usual) {
  const time = date.getTime();
  if (Number.isNaN(time)) return 'Invalid Date';
  if (options === undefined) return usual(require('internal/locale'));
  if (options === null) throw new TypeError('Cannot convert undefined or null to object');
  return require('internal/intl').localDate(time, Object(options), kind);
}

// goja has no locale but one of its own.
const replaced = [
  [Number.prototype, {
    toLocaleString() {
      return require('internal/locale').number(Number.prototype.valueOf.call(this), arguments[1]);
    },
  }],
  [BigInt.prototype, {
    toLocaleString() {
      return require('internal/locale').bigint(BigInt.prototype.valueOf.call(this), arguments[1]);
    },
  }],
  [Date.prototype, {
    toLocaleString(_, options = undefined) {
      return inEnglish(this, options, 'any', ({ date, time }) => `${date(this)}, ${time(this)}`);
    },
    toLocaleDateString(_, options = undefined) {
      return inEnglish(this, options, 'date', ({ date }) => date(this));
    },
    toLocaleTimeString(_, options = undefined) {
      return inEnglish(this, options, 'time', ({ time }) => time(this));
    },
  }],
];
for (const [object, methods] of replaced) {
  for (const name of Object.keys(methods)) define(object, name, methods[name]);
}

// V8 tells the long name of the time zone, of which one is known here.
const { toString, toTimeString } = Date.prototype;
const named = (text) => text.replace('(UTC)', '(Coordinated Universal Time)');
for (const [name, value] of [
  ['toString', { toString() { return named(toString.call(this)); } }.toString],
  ['toTimeString', { toTimeString() { return named(toTimeString.call(this)); } }.toTimeString],
]) define(Date.prototype, name, value);

// Promise.any, whose error has a message.
define(Promise, 'any', function any(promises) {
  return new this((resolve, reject) => {
    const reasons = [];
    let left = 1; // and the loop itself
    const fail = () => {
      if (--left === 0) reject(new AggregateError(reasons, 'All promises were rejected'));
    };
    for (const promise of promises) {
      const at = reasons.push(undefined) - 1;
      left++;
      this.resolve(promise).then(resolve, (reason) => {
        reasons[at] = reason;
        fail();
      });
    }
    fail();
  });
});

// Regular expressions made of text, with the properties of Unicode. (Those that stand
// in a script are expanded when it is compiled.)
function expand(pattern, flags) {
  if (typeof pattern !== 'string') return pattern;
  const unicode = flags !== undefined && String(flags).includes('u');
  if (/\[[^]*\[/.test(pattern) && /\\u[dD][89a-fA-F]|[\uD800-\uDFFF]/.test(pattern)) {
    pattern = binding('language').apart(wellFormed(pattern, escaped), unicode);
  }
  if (!unicode || !/\\p\{|\(\?<[^=!]/i.test(pattern)) return pattern;
  try {
    return binding('language').expand(pattern);
  } catch (e) {
    throw new SyntaxError(`Invalid regular expression: /${pattern}/${flags}: ${e.message}`);
  }
}

// escaped writes half of a pair, which Go's texts do not have, as an escape.
const escaped = (half) => `\\u${half.charCodeAt(0).toString(16)}`;

const Native = RegExp;
const { exec, test } = Native.prototype;

// testing gives a regular expression with an exec of its own a test that asks it, which
// goja's does not.
function testing(regexp) {
  return Object.defineProperty(regexp, 'test', {
    value: natives.native({ test(text) { return this.exec(`${text}`) !== null; } }.test),
    writable: true,
    enumerable: false,
    configurable: true,
  });
}

// The literals of a script that speaks of RegExp.$1, and from then on what it makes of
// text, remember what they match, see internal/last_match.
let remember;
Object.defineProperty(globalThis, '%remember', {
  value: (regexp) => {
    if (remember === undefined) {
      const { remember: keep } = require('internal/last_match');
      remember = (one) => testing(keep(one));
    }
    return regexp && remember(regexp);
  },
});

// stepping gives a regular expression an exec of its own, see nullable.go.
function stepping(regexp) {
  return Object.defineProperty(regexp, 'exec', {
    value: { exec(text) { return exec.call(this, text); } }.exec,
    writable: true,
    enumerable: false,
    configurable: true,
  });
}
Object.defineProperty(globalThis, '%nullable', { value: stepping });
const Expanding = {
  RegExp: function (pattern, flags) {
    if (!new.target && flags === undefined && pattern instanceof Native && pattern.constructor === Expanding) return pattern;
    const made = Reflect.construct(Native, [expand(pattern, flags), flags], new.target || Expanding);
    // Of another expression, split makes a sticky one.
    const asked = typeof pattern === 'string' || !made.sticky ? made.flags : 'g';
    if (remember !== undefined && made.exec === exec) return remember(made);
    // A class that has an exec of its own keeps it.
    if (made.exec !== exec && made.test === test) return testing(made);
    return (made.global || made.sticky || made.unicode) && made.exec === exec && binding('language').nullable(made.source, asked) ? stepping(made) : made;
  },
}.RegExp;
Object.defineProperty(Expanding, 'prototype', { value: Native.prototype, writable: false });
Object.defineProperty(Expanding, Symbol.species, Object.getOwnPropertyDescriptor(Native, Symbol.species));
define(Native.prototype, 'constructor', Expanding);
define(globalThis, 'RegExp', Expanding);

require('internal/functions');
require('internal/builtins');
