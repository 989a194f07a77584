// Copyright 2026 The duplex authors. MIT license.

// Functions that are made of text, which is compiled like that of a script, and what
// async generators are made of: goja has none, so a script's are rewritten.

'use strict';

const native = binding('language');
const natives = require('internal/natives');
const { defineProperty, getPrototypeOf, setPrototypeOf } = Object;

const hidden = (object, name, value, writable = true) => defineProperty(object, name, { value, writable, enumerable: false, configurable: true });

// constructor makes the constructor of a kind of function.
function constructor(name, kind, prototype) {
  const Constructor = {
    [name]: function (...texts) {
      const body = texts.length > 0 ? `${texts.pop()}` : '';
      const made = native.construct(kind, texts.map(String).join(','), body);
      const { prototype: wanted } = new.target ?? Constructor;
      if (wanted !== prototype && wanted !== null && typeof wanted === 'object') setPrototypeOf(made, wanted);
      return made;
    },
  }[name];
  defineProperty(Constructor, 'length', { value: 1 });
  defineProperty(Constructor, 'prototype', { value: prototype, writable: false });
  if (kind !== 'function') setPrototypeOf(Constructor, Function);
  defineProperty(prototype, 'constructor', { value: Constructor, writable: kind === 'function', enumerable: false, configurable: true });
  return natives.native(Constructor, name);
}

hidden(globalThis, 'Function', constructor('Function', 'function', Function.prototype));
constructor('GeneratorFunction', 'function*', getPrototypeOf(function* () {}));
constructor('AsyncFunction', 'async function', getPrototypeOf(async () => {}));

// An arrow function whose body stands in parentheses loses the last of them in goja.
const { toString } = Function.prototype;
hidden(Function.prototype, 'toString', natives.native({
  toString() {
    const known = natives.textOf(this);
    if (known !== undefined) return known;
    const text = toString.call(this);
    if (text.startsWith('function bound ') && text.endsWith(' { [native code] }')) return 'function () { [native code] }';
    if (!/=>\s*\(/.test(text) || /^(?:async\s+)?(?:function|class)\b/.test(text)) return text;
    for (let whole = text; whole.length < text.length + 5; whole += ')') {
      if (native.isExpression(whole)) return whole;
    }
    return text; // a method's
  },
}.toString));

const AsyncIteratorPrototype = {};
hidden(AsyncIteratorPrototype, Symbol.asyncIterator, { [Symbol.asyncIterator]() { return this; } }[Symbol.asyncIterator]);
const AsyncGeneratorPrototype = Object.create(AsyncIteratorPrototype);
const iterators = new WeakMap(); // what runs an async generator, by what the script has of it
for (const name of ['next', 'return', 'throw']) {
  hidden(AsyncGeneratorPrototype, name, {
    [name](value) {
      const iterator = iterators.get(this);
      if (iterator) return iterator[name](value);
      return Promise.reject(new TypeError(`${name} method called on incompatible receiver ${String(this)}`));
    },
  }[name]);
}
const tag = (object, value) => defineProperty(object, Symbol.toStringTag, { value, writable: false, enumerable: false, configurable: true });
tag(AsyncGeneratorPrototype, 'AsyncGenerator');
const AsyncGeneratorFunctionPrototype = Object.create(Function.prototype);
tag(AsyncGeneratorFunctionPrototype, 'AsyncGeneratorFunction');
hidden(AsyncGeneratorFunctionPrototype, 'prototype', AsyncGeneratorPrototype, false);
hidden(AsyncGeneratorPrototype, 'constructor', AsyncGeneratorFunctionPrototype, false);
constructor('AsyncGeneratorFunction', 'async function*', AsyncGeneratorFunctionPrototype);

// What the rewritten text calls: with each async generator that is no method, and with
// what one returns.
hidden(globalThis, '%asyncGenerator', (f, name) => {
  if (name !== undefined) defineProperty(f, 'name', { value: name });
  setPrototypeOf(f, AsyncGeneratorFunctionPrototype);
  defineProperty(f, 'prototype', { value: Object.create(AsyncGeneratorPrototype), writable: true, enumerable: false, configurable: false });
  return f;
}, false);
hidden(globalThis, '%asyncIterator', (iterator, f) => {
  const object = Object.create(f?.prototype ?? AsyncGeneratorPrototype);
  iterators.set(object, iterator);
  return object;
}, false);
