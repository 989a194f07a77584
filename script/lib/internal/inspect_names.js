// Copyright 2026 The duplex authors. MIT license.

// What objects are called: their classes, functions' own names.

'use strict';

const sourceOf = Function.prototype.toString;
const builtins = new Set(Object.getOwnPropertyNames(globalThis).filter((name) => /^[A-Z][a-zA-Z0-9]+$/.test(name)));

function isInstance(object, maker) {
  try {
    return object instanceof maker;
  } catch {
    return false;
  }
}

// className returns the name of the nearest constructor on the prototype chain,
// null if there is no prototype. If above is given, the hidden properties of a
// script's own prototypes in between are formatted into it.
exports.className = function className(look, object, level, above) {
  let first;
  let at = object;
  while (at !== null && at !== undefined) {
    const maker = Object.getOwnPropertyDescriptor(at, 'constructor');
    if (maker !== undefined && typeof maker.value === 'function' && maker.value.name !== '' && isInstance(object, maker.value)) {
      const name = String(maker.value.name);
      if (above !== undefined && (first !== at || !builtins.has(name))) inherited(look, object, first ?? object, level, above);
      return name;
    }
    at = Object.getPrototypeOf(at);
    if (first === undefined) first = at;
  }
  if (first === null) return null;
  const { kind } = binding('inspect');
  const own = kind(object) || 'Object';
  if (look.depth !== null && level > look.depth) return `${own} <Complex prototype>`;
  const upper = className(look, first, level + 1, above);
  if (upper !== null) return `${own} <${upper}>`;
  const { inspect, optionsOf } = require('internal/inspect');
  return `${own} <${inspect(first, { ...optionsOf(look), customInspect: false, depth: -1 })}>`;
};

// inherited formats up to three levels of prototypes that are not the language's.
function inherited(look, object, from, level, above) {
  const { property } = require('internal/inspect');
  const seen = new Set(Object.getOwnPropertyNames(object).concat(Object.getOwnPropertySymbols(object)));
  let at = from;
  for (let depth = 0; depth < 3; depth++) {
    if (depth > 0 || at === object) {
      at = Object.getPrototypeOf(at);
      if (at === null) return;
    }
    const maker = Object.getOwnPropertyDescriptor(at, 'constructor');
    if (maker !== undefined && typeof maker.value === 'function' && builtins.has(maker.value.name)) return;
    look.seen.push(object);
    for (const key of Reflect.ownKeys(at)) {
      if (key === 'constructor' || seen.has(key)) continue;
      seen.add(key);
      const found = Object.getOwnPropertyDescriptor(at, key);
      if (typeof found.value === 'function') continue;
      const shown = property(look, object, level, key, false, found);
      above.push(look.colors ? `\x1b[2m${shown}\x1b[22m` : shown);
    }
    look.seen.pop();
  }
}

// prefix is what stands before a brace, with a space behind it.
exports.prefix = function (name, tag, fallback, size = '') {
  if (name === null) {
    return tag !== '' && fallback !== tag ? `[${fallback}${size}: null prototype] [${tag}] ` : `[${fallback}${size}: null prototype] `;
  }
  return tag !== '' && name !== tag ? `${name}${size} [${tag}] ` : `${name}${size} `;
};

exports.functionBase = function (value, kind, name, tag) {
  const source = sourceOf.call(value);
  if (/^class\b/.test(source) && source.endsWith('}')) return classBase(value, name, tag);
  if (name === 'Function') name = kind; // goja's async methods are of that class
  let base = `[${kind}`;
  if (name === null) base += ' (null prototype)';
  base += value.name === '' ? ' (anonymous)]' : `: ${typeof value.name === 'string' ? value.name : String(value.name)}]`;
  if (name !== kind && name !== null) base += ` ${name}`;
  if (tag !== '' && name !== tag) base += ` [${tag}]`;
  return base;
};

function classBase(value, name, tag) {
  const own = Object.prototype.hasOwnProperty.call(value, 'name') && value.name;
  let base = `[class ${own || '(anonymous)'}`;
  if (name !== 'Function' && name !== null) base += ` [${name}]`;
  if (tag !== '' && name !== tag) base += ` [${tag}]`;
  if (name === null) return `${base} extends [null prototype]]`;
  const upper = Object.getPrototypeOf(value).name;
  return upper ? `${base} extends ${upper}]` : `${base}]`;
}
