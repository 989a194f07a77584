// Copyright 2026 The duplex authors. MIT license.

// The looks of all objects that are not plain: each has a shape, or is text.
//
// A shape has keys of properties; a base that stands before the braces; braces;
// entries(look, value, level), which formats what is no property; and whether
// all that is a list.

'use strict';

const native = binding('inspect');
const { prefix, functionBase } = require('internal/inspect_names');
const { isShared } = require('internal/sharing');
const { format, primitive, property, keysOf, plainStyle } = require('internal/inspect');

const dateString = Date.prototype.toISOString;
const regexpString = RegExp.prototype.toString;
const mapSize = Object.getOwnPropertyDescriptor(Map.prototype, 'size').get;
const setSize = Object.getOwnPropertyDescriptor(Set.prototype, 'size').get;
const typedArrayName = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag).get;

const braced = (keys, open, entries) => ({ keys, base: '', braces: [open, '}'], list: false, entries });

// plain is the shape of objects that differ from {} in name only.
exports.plain = function (look, value, name, tag, keys, noMore) {
  if (name === null && isNamespace(value)) {
    return braced(keys.filter((key) => typeof key === 'string'), '[Module: null prototype] {');
  }
  const open = `${prefix(name, tag, 'Object')}{`;
  return noMore ? `${open}}` : braced(keys, open);
};

const isNamespace = (value) => require('util/types').isModuleNamespaceObject(value);

exports.shape = function (look, value, of, name, tag, level, hidden, isTypedEntry) {
  if (of === '') return arrayShape(look, value, name, tag, hidden);
  if (of === 'TypedArray') return typedArrayShape(look, value, name, tag, hidden);
  const keys = keysOf(look, value);
  const none = keys.length === 0 && !hidden;
  switch (of) {
    case 'Map':
    case 'Set': {
      const size = (of === 'Map' ? mapSize : setSize).call(value);
      const open = `${prefix(name, tag, of, `(${size})`)}{`;
      if (size === 0 && none) return `${open}}`;
      return braced(keys, open, of === 'Map' ? mapEntries : setEntries);
    }
    case 'Map Iterator':
    case 'Set Iterator': {
      const [list, both] = native.ahead(value);
      const open = both ? `[${of.slice(0, 3)} Entries] {` : `[${tag || of}] {`;
      return braced(keys, open, (look, self, level) => aheadEntries(look, list, both, level));
    }
    case 'Arguments':
      return keys.length === 0 ? '[Arguments] {}' : braced(keys, '[Arguments] {');
    case 'Function':
    case 'AsyncFunction':
    case 'GeneratorFunction':
    case 'AsyncGeneratorFunction': {
      const base = functionBase(value, of, name, tag);
      if (keys.length === 0) return look.stylize(base, 'special');
      return look.showHidden ? { ...hiddenOfFunction(value, keys), base } : { ...braced(keys, '{'), base };
    }
    case 'RegExp': {
      const shown = prefixed(prefix(name, tag, 'RegExp'), 'RegExp ', regexpText(value, name));
      if (keys.length === 0 || (look.depth !== null && level > look.depth)) return look.stylize(shown, 'regexp');
      return { ...braced(keys, '{'), base: shown };
    }
    case 'Date': {
      const time = Date.prototype.getTime.call(value);
      const shown = prefixed(prefix(name, tag, 'Date'), 'Date ', Number.isNaN(time) ? 'Invalid Date' : dateString.call(value));
      return keys.length === 0 ? look.stylize(shown, 'date') : { ...braced(keys, '{'), base: shown };
    }
    case 'Error': {
      const base = require('internal/inspect_error').errorBase(look, value, name, tag, keys);
      return keys.length === 0 ? base : { ...braced(keys, '{'), base };
    }
    case 'ArrayBuffer': {
      const open = `${prefix(name, tag, isShared(value) ? 'SharedArrayBuffer' : 'ArrayBuffer')}{`;
      if (!isTypedEntry) return braced(['byteLength', ...keys], open, bufferContents);
      return keys.length === 0 ? `${open} byteLength: ${primitive(look, value.byteLength)} }`
        : braced(['byteLength', ...keys], open);
    }
    case 'DataView':
      return braced(['byteLength', 'byteOffset', 'buffer', ...keys], `${prefix(name, tag, 'DataView')}{`);
    case 'Promise':
      return braced(keys, `${prefix(name, tag, 'Promise')}{`, promiseEntries);
    case 'WeakMap':
    case 'WeakSet':
      return braced(keys, `${prefix(name, tag, of)}{`, (look) => [look.stylize('<items unknown>', 'special')]);
    case 'Number':
    case 'String':
    case 'Boolean':
    case 'Symbol':
    case 'BigInt':
      return boxedShape(look, value, of, name, tag, keys);
    default: // Generator
      return exports.plain(look, value, name, tag, keys, none);
  }
};

// hiddenOfFunction puts what all functions have into V8's order. Sloppy ones have
// two properties there that goja's have not.
function hiddenOfFunction(value, keys) {
  const first = ['length', 'name'].filter((key) => keys.includes(key));
  const last = keys.filter((key) => key !== 'length' && key !== 'name' && key !== 'prototype');
  if (keys.includes('prototype')) last.unshift('prototype');
  return braced(last, '{', (look, self, level) => {
    const entries = first.map((key) => property(look, self, level, key, false));
    if (native.sloppy(self)) for (const key of ['arguments', 'caller']) entries.push(`[${key}]: ${look.stylize('null', 'null')}`);
    return entries;
  });
}

// regexpText returns the text of value even without the prototype that knows it.
function regexpText(value, name) {
  if (name !== null) return regexpString.call(value);
  const get = (key) => Object.getOwnPropertyDescriptor(RegExp.prototype, key).get.call(value);
  return `/${get('source')}/${get('flags')}`;
}

const prefixed = (label, usual, shown) => (label === usual ? shown : label + shown);

function boxedShape(look, value, of, name, tag, keys) {
  const inner = globalThis[of].prototype.valueOf.call(value);
  if (of === 'String') keys.splice(0, inner.length);
  let base = `[${of}`;
  if (of !== name) base += name === null ? ' (null prototype)' : ` (${name})`;
  base += `: ${primitive({ ...look, stylize: plainStyle, compact: true }, inner)}]`;
  if (tag !== '' && tag !== name) base += ` [${tag}]`;
  return keys.length === 0 ? look.stylize(base, of.toLowerCase()) : { ...braced(keys, '{'), base };
}

// isIndex tells a list's own entries from its other properties.
function isIndex(key) {
  if (typeof key !== 'string' || key.length > 10) return false;
  const number = key >>> 0;
  return String(number) === key && number !== 2 ** 32 - 1;
}

// keysBesides returns the keys of a list that are not those of its entries, which
// come first.
function keysBesides(look, value) {
  const extra = native.extras(value);
  if (extra.length === 0 && !look.showHidden && Object.getOwnPropertySymbols(value).length === 0) return extra;
  const keys = keysOf(look, value);
  let from = 0;
  while (from < keys.length && isIndex(keys[from])) from++;
  return keys.slice(from);
}

function arrayShape(look, value, name, tag, hidden) {
  const keys = keysBesides(look, value);
  const label = name !== 'Array' || tag !== '' ? prefix(name, tag, 'Array', `(${value.length})`) : '';
  if (value.length === 0 && keys.length === 0 && !hidden) return `${label}[]`;
  return { keys, base: '', braces: [`${label}[`, ']'], list: true, entries: arrayEntries };
}

function typedArrayShape(look, value, name, tag, hidden) {
  const type = typedArrayName.call(value);
  const keys = keysBesides(look, value);
  const open = `${prefix(name, tag, name === null ? type : '', `(${value.length})`)}[`;
  if (value.length === 0 && keys.length === 0 && !look.showHidden && !hidden) return `${open}]`;
  return { keys, base: '', braces: [open, ']'], list: true, entries: typedEntries };
}

function more(look, missing, what = 'item') {
  return `... ${missing} more ${what}${missing > 1 ? 's' : ''}`;
}

// within formats by f, two columns to the right.
function within(look, f) {
  look.indentation += 2;
  const entries = f();
  look.indentation -= 2;
  return entries;
}

function arrayEntries(look, value, level) {
  const { length } = value;
  const count = Math.min(Math.max(0, look.maxArrayLength), length);
  const entries = [];
  look.indentation += 2;
  for (let i = 0; i < count; i++) {
    const found = Object.getOwnPropertyDescriptor(value, i);
    if (found === undefined) {
      look.indentation -= 2;
      return arrayWithHoles(look, value, level, count, entries, i);
    }
    entries.push('value' in found ? format(look, found.value, level) : accessor(look, value, level, i, found));
  }
  look.indentation -= 2;
  if (length > count) entries.push(more(look, length - count));
  return entries;
}

// accessor shows an entry of a list that is no plain value.
const accessor = (look, value, level, key, found) => property(look, value, level, key, true, found).replace(/^[^:]*: /, '');

// arrayWithHoles goes on with an array of which i is the first hole. Holes count
// as one entry each time.
function arrayWithHoles(look, value, level, count, entries, i) {
  const { length } = value;
  const keys = Object.keys(value);
  let at = i; // of keys: no hole before
  for (; i < length && entries.length < count; ) {
    const next = at < keys.length && isIndex(keys[at]) ? Number(keys[at]) : length;
    if (next > i) {
      const missing = next - i;
      entries.push(look.stylize(`<${missing} empty item${missing > 1 ? 's' : ''}>`, 'undefined'));
      i = next;
      continue;
    }
    const found = Object.getOwnPropertyDescriptor(value, i);
    entries.push(...within(look, () => ['value' in found ? format(look, found.value, level) : accessor(look, value, level, i, found)]));
    i++;
    at++;
  }
  if (i < length) entries.push(more(look, length - i));
  return entries;
}

function typedEntries(look, value, level) {
  const { length } = value;
  const count = Math.min(Math.max(0, look.maxArrayLength), length);
  const entries = new Array(count);
  for (let i = 0; i < count; i++) entries[i] = primitive(look, value[i]);
  if (length > count) entries.push(more(look, length - count));
  if (look.showHidden) {
    look.indentation += 2;
    for (const key of ['BYTES_PER_ELEMENT', 'length', 'byteLength', 'byteOffset', 'buffer']) {
      entries.push(`[${key}]: ${format(look, value[key], level, true)}`);
    }
    look.indentation -= 2;
  }
  return entries;
}

function setEntries(look, value, level) {
  const size = setSize.call(value);
  const count = Math.min(Math.max(0, look.maxArrayLength), size);
  const entries = [];
  look.indentation += 2;
  for (const entry of Set.prototype.values.call(value)) {
    if (entries.length >= count) break;
    entries.push(format(look, entry, level));
  }
  look.indentation -= 2;
  if (size > count) entries.push(more(look, size - count));
  return entries;
}

function mapEntries(look, value, level) {
  const size = mapSize.call(value);
  const count = Math.min(Math.max(0, look.maxArrayLength), size);
  const entries = [];
  look.indentation += 2;
  for (const [key, entry] of Map.prototype.entries.call(value)) {
    if (entries.length >= count) break;
    entries.push(`${format(look, key, level)} => ${format(look, entry, level)}`);
  }
  look.indentation -= 2;
  if (size > count) entries.push(more(look, size - count));
  return entries;
}

// aheadEntries shows what an iterator has still to give.
function aheadEntries(look, list, both, level) {
  const step = both ? 2 : 1;
  const total = list.length / step;
  const count = Math.min(Math.max(0, look.maxArrayLength), total);
  const entries = [];
  look.indentation += 2;
  for (let i = 0; i < count; i++) {
    const first = format(look, list[i * step], level);
    entries.push(both ? `[ ${first}, ${format(look, list[i * 2 + 1], level)} ]` : first);
  }
  look.indentation -= 2;
  if (total > count) entries.push(more(look, total - count));
  return entries;
}

function promiseEntries(look, value, level) {
  const [state, result] = native.promise(value);
  if (state === 0) return [look.stylize('<pending>', 'special')];
  const shown = within(look, () => format(look, result, level));
  return [state === 2 ? `${look.stylize('<rejected>', 'special')} ${shown}` : shown];
}

function bufferContents(look, value) {
  const count = Math.min(Math.max(0, look.maxArrayLength), value.byteLength);
  const bytes = new Uint8Array(value, 0, count);
  const shown = [];
  for (let i = 0; i < count; i++) shown.push(bytes[i].toString(16).padStart(2, '0'));
  if (value.byteLength > count) shown.push(more(look, value.byteLength - count, 'byte'));
  return [`${look.stylize('[Uint8Contents]', 'special')}: <${shown.join(' ')}>`];
}

