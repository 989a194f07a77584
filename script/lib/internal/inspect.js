// Copyright 2026 The duplex authors. MIT license.

// util.inspect. A look is one call of it: the options, and where it is.

'use strict';

const { kind, proxy: proxyOf } = binding('inspect');
const text = require('internal/inspect_text');
const { layout } = require('internal/inspect_layout');
const { className, prefix } = require('internal/inspect_names');

const custom = Symbol.for('nodejs.util.inspect.custom');
const hasOwn = Object.prototype.hasOwnProperty;
const isEnumerable = Object.prototype.propertyIsEnumerable;
const identifier = /^[a-zA-Z_][a-zA-Z_0-9]*$/;
const shortest = 16; // text that is broken into lines
const largest = 2 ** 27; // what a look may be long before it shows no depth any more

const defaults = {
  showHidden: false,
  depth: 2,
  colors: false,
  customInspect: true,
  showProxy: false,
  maxArrayLength: 100,
  maxStringLength: 10000,
  breakLength: 80,
  compact: 3,
  sorted: false,
  getters: false,
  numericSeparator: false,
};
const names = Object.keys(defaults);

function inspect(value, opts) {
  const look = {
    ...defaults,
    stylize: plain,
    userOptions: undefined,
    seen: [],
    circular: undefined,
    indentation: 0,
    currentDepth: 0,
    budget: {},
  };
  if (arguments.length > 1) {
    if (arguments.length > 2) {
      if (arguments[2] !== undefined) look.depth = arguments[2];
      if (arguments.length > 3 && arguments[3] !== undefined) look.colors = arguments[3];
    }
    if (typeof opts === 'boolean') {
      look.showHidden = opts;
    } else if (opts) {
      for (const key of Object.keys(opts)) {
        if (hasOwn.call(defaults, key) || key === 'stylize') look[key] = opts[key];
        else if (look.userOptions === undefined) look.userOptions = opts;
      }
    }
  }
  if (look.colors) look.stylize = styled;
  if (look.maxArrayLength === null) look.maxArrayLength = Infinity;
  if (look.maxStringLength === null) look.maxStringLength = Infinity;
  return format(look, value, 0);
}
inspect.custom = custom;
Object.defineProperty(inspect, 'defaultOptions', {
  get: () => defaults,
  set(options) {
    require('internal/validators').validateObject(options, 'options');
    return Object.assign(defaults, options);
  },
});
inspect.colors = text.colors;
inspect.styles = text.styles;

function plain(shown) {
  return shown;
}

function styled(shown, style) {
  const color = text.styles[style];
  if (color === undefined) return shown;
  const codes = text.colors[color];
  return codes === undefined ? shown : `\x1b[${codes[0]}m${shown}\x1b[${codes[1]}m`;
}

// optionsOf returns the options that made look.
function optionsOf(look) {
  const options = { stylize: look.stylize };
  for (const name of names) options[name] = look[name];
  return look.userOptions === undefined ? options : { ...options, ...look.userOptions };
}

// format shows value, which is level deep.
function format(look, value, level, isTypedEntry = false) {
  if (typeof value !== 'object' && typeof value !== 'function') return primitive(look, value);
  if (value === null) return look.stylize('null', 'null');
  const self = value;
  let of = kind(value);
  while (of === 'Proxy') {
    const pair = proxyOf(value);
    if (pair.length === 0) return look.stylize('<Revoked Proxy>', 'special');
    if (look.showProxy) return formatProxy(look, pair, level);
    [value] = pair;
    of = kind(value);
  }
  if (look.customInspect) {
    const own = value[custom];
    if (typeof own === 'function' && own !== inspect) {
      const { constructor } = value;
      if (!(constructor && constructor.prototype === value)) {
        const depth = look.depth === null ? null : look.depth - level;
        const shown = own.call(self, depth, optionsOf(look), inspect);
        if (shown !== self) {
          if (typeof shown !== 'object') return `${shown}`.replaceAll('\n', `\n${' '.repeat(look.indentation)}`);
          return format(look, shown, level);
        }
      }
    }
  }
  if (look.seen.includes(value)) {
    if (look.circular === undefined) look.circular = new Map();
    let index = look.circular.get(value);
    if (index === undefined) {
      index = look.circular.size + 1;
      look.circular.set(value, index);
    }
    return look.stylize(`[Circular *${index}]`, 'special');
  }
  return formatObject(look, value, of, level, isTypedEntry);
}

function formatProxy(look, pair, level) {
  if (look.depth !== null && level > look.depth) return look.stylize('Proxy [Array]', 'special');
  look.indentation += 2;
  const entries = pair.map((part) => format(look, part, level + 1));
  look.indentation -= 2;
  return layout(look, entries, '', ['Proxy [', ']'], true, level + 1);
}

function primitive(look, value) {
  switch (typeof value) {
    case 'string': return formatString(look, value);
    case 'number': return look.stylize(text.number(value, look.numericSeparator), 'number');
    case 'bigint': return look.stylize(text.bigint(value, look.numericSeparator), 'bigint');
    case 'boolean': return look.stylize(`${value}`, 'boolean');
    case 'undefined': return look.stylize('undefined', 'undefined');
    default: return look.stylize(Symbol.prototype.toString.call(value), 'symbol');
  }
}

function formatString(look, value) {
  let rest = '';
  if (value.length > look.maxStringLength) {
    const missing = value.length - look.maxStringLength;
    value = value.slice(0, look.maxStringLength);
    rest = `... ${missing} more character${missing > 1 ? 's' : ''}`;
  }
  if (look.compact !== true && value.length > shortest && value.length > look.breakLength - look.indentation - 4) {
    const lines = value.split(/(?<=\n)/);
    return lines.map((line) => look.stylize(text.quote(line), 'string')).join(` +\n${' '.repeat(look.indentation + 2)}`) + rest;
  }
  return look.stylize(text.quote(value), 'string') + rest;
}

// keysOf returns the keys of the properties to be shown.
function keysOf(look, value) {
  const symbols = Object.getOwnPropertySymbols(value);
  if (look.showHidden) {
    const keys = Object.getOwnPropertyNames(value);
    return symbols.length === 0 ? keys : keys.concat(symbols);
  }
  const keys = Object.keys(value);
  // Of what a regular expression has found, goja puts input before index.
  const at = Array.isArray(value) ? keys.indexOf('input') : -1;
  if (at >= 0 && keys[at + 1] === 'index' && keys[at + 2] === 'groups') [keys[at], keys[at + 1]] = ['index', 'input'];
  for (let i = 0; i < symbols.length; i++) if (isEnumerable.call(value, symbols[i])) keys.push(symbols[i]);
  return keys;
}

// tagOf returns the Symbol.toStringTag that is no property to be shown itself.
function tagOf(look, value, name) {
  const tag = value[Symbol.toStringTag];
  if (typeof tag !== 'string' || tag === '') return '';
  if ((look.showHidden ? hasOwn : isEnumerable).call(value, Symbol.toStringTag)) return '';
  return tag === name ? '' : tag;
}

function formatObject(look, value, of, level, isTypedEntry) {
  const above = look.showHidden && (look.depth === null || level <= look.depth) ? [] : undefined;
  const name = className(look, value, level, above);
  const tag = tagOf(look, value, name);
  if (of === '' && name !== 'Object' && value instanceof Error) of = 'Error'; // by its prototypes
  // Most objects are plain; what the others need comes when the first is met.
  let shape;
  if (of === '' && !Array.isArray(value)) {
    const keys = keysOf(look, value);
    const noMore = keys.length === 0 && above === undefined;
    if (name === 'Object' && tag === '') {
      if (noMore) return '{}';
      shape = { keys, base: '', braces: ['{', '}'], list: false, entries: undefined };
    } else {
      shape = require('internal/inspect_kinds').plain(look, value, name, tag, keys, noMore);
    }
  } else {
    shape = require('internal/inspect_kinds').shape(look, value, of, name, tag, level, above !== undefined, isTypedEntry);
  }
  if (typeof shape === 'string') return shape;
  if (look.depth !== null && level > look.depth) return look.stylize(`[${cut(name, tag, of, value)}]`, 'special');

  level++;
  look.seen.push(value);
  look.currentDepth = level;
  const { keys, braces, list } = shape;
  let { base } = shape;
  const entries = shape.entries === undefined ? [] : shape.entries(look, value, level);
  // for-of is ten times slower in goja.
  for (let i = 0; i < keys.length; i++) entries.push(property(look, value, level, keys[i], list));
  if (above !== undefined) entries.push(...above);
  look.seen.pop();

  if (look.circular !== undefined) {
    const index = look.circular.get(value);
    if (index !== undefined) {
      const mark = look.stylize(`<ref *${index}>`, 'special');
      if (look.compact === true) braces[0] = `${mark} ${braces[0]}`;
      else base = base === '' ? mark : `${mark} ${base}`;
    }
  }
  if (look.sorted) {
    const order = look.sorted === true ? undefined : look.sorted;
    if (!list) {
      entries.sort(order);
    } else if (keys.length > 1) {
      const sorted = entries.slice(entries.length - keys.length).sort(order);
      entries.splice(entries.length - keys.length, keys.length, ...sorted);
    }
  }
  const shown = layout(look, entries, base, braces, list, level, list ? value : undefined);
  const spent = (look.budget[look.indentation] || 0) + shown.length;
  look.budget[look.indentation] = spent;
  if (spent > largest) look.depth = -1;
  return shown;
}

// cut is what stands for an object that is too deep.
function cut(name, tag, of, value) {
  const label = prefix(name, tag, Array.isArray(value) ? 'Array' : 'Object').slice(0, -1);
  return name === null ? label.slice(1, label.length - (label.endsWith(']') ? 1 : 0)) : label;
}

// property shows a property of value; of a list's own entry, its value only.
function property(look, value, level, key, list, found = Object.getOwnPropertyDescriptor(value, key)) {
  const shown = propertyValue(look, value, level, key, list, found);
  let name;
  if (typeof key === 'symbol') {
    name = `[${look.stylize(text.escape(Symbol.prototype.toString.call(key)), 'symbol')}]`;
  } else if (key === '__proto__') {
    name = "['__proto__']";
  } else if (found !== undefined && !found.enumerable) {
    name = `[${text.escape(key)}]`;
  } else if (identifier.test(key)) {
    name = look.stylize(key, 'name');
  } else {
    name = look.stylize(text.quote(key), 'string');
  }
  return `${name}:${shown}`;
}

function propertyValue(look, value, level, key, list, found) {
  // What the loader makes a property with a getter, a script knows as one with a value.
  if (found?.get !== undefined && isNamespace(value)) found = { value: value[key] };
  if (found === undefined || 'value' in found) {
    const inner = found === undefined ? value[key] : found.value;
    const indent = look.compact !== true || list ? 2 : 3;
    look.indentation += indent;
    const shown = format(look, inner, level);
    const margin = indent === 3 && look.breakLength < text.width(shown, look.colors) ? `\n${' '.repeat(look.indentation)}` : ' ';
    look.indentation -= indent;
    return margin + shown;
  }
  if (found.get !== undefined) return ` ${getter(look, value, level, found)}`;
  return found.set !== undefined ? ` ${look.stylize('[Setter]', 'special')}` : ` ${look.stylize('undefined', 'undefined')}`;
}

function getter(look, value, level, { get, set }) {
  const label = set === undefined ? 'Getter' : 'Getter/Setter';
  const show = look.getters && (look.getters === true || (look.getters === 'get' ? set === undefined : set !== undefined));
  const style = 'special';
  if (!show) return look.stylize(`[${label}]`, style);
  look.indentation += 2;
  try {
    const inner = get.call(value);
    if (inner === null) return `${look.stylize(`[${label}:`, style)} ${look.stylize('null', 'null')}${look.stylize(']', style)}`;
    if (typeof inner === 'object') return `${look.stylize(`[${label}]`, style)} ${format(look, inner, level)}`;
    return `${look.stylize(`[${label}:`, style)} ${primitiveOrFunction(look, inner, level)}${look.stylize(']', style)}`;
  } catch (error) {
    return look.stylize(`[${label}: <Inspection threw (${error.message})>]`, style);
  } finally {
    look.indentation -= 2;
  }
}

const primitiveOrFunction = (look, value, level) => (typeof value === 'function' ? format(look, value, level) : primitive(look, value));

exports.inspect = inspect;
exports.format = format;
exports.primitive = primitive;
const isNamespace = (value) => require('util/types').isModuleNamespaceObject(value);

exports.property = property;
exports.keysOf = keysOf;
exports.optionsOf = optionsOf;
exports.plainStyle = plain;
exports.custom = custom;
