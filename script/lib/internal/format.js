// Copyright 2026 The duplex authors. MIT license.

// util.format, which loads inspect only for what is neither text nor a number.

'use strict';

const { proxy } = binding('inspect');

const numeral = (value) => (Object.is(value, -0) ? '-0' : `${value}`);

// format puts args into the text that comes first, and the others behind it.
// options are those of inspect.
function format(options, args) {
  const first = args[0];
  const { length } = args;
  if (length === 1) return typeof first === 'string' ? first : shown(options, first);
  let out = '';
  let next = 0; // of args
  if (typeof first === 'string') {
    next = 1;
    let from = 0;
    for (let i = first.indexOf('%'); i >= 0 && i + 1 < first.length; i = first.indexOf('%', i + 1)) {
      const directive = first[i + 1];
      let put;
      if (directive === '%') {
        put = '%';
      } else if (next < length) {
        put = placed(options, directive, args[next]);
        if (put !== undefined) next++;
      }
      if (put !== undefined) {
        out += first.slice(from, i) + put;
        from = i + 2;
        i++;
      }
    }
    out += from === 0 ? first : first.slice(from);
  }
  for (; next < length; next++) {
    const arg = args[next];
    if (next > 0) out += ' ';
    out += typeof arg === 'string' ? arg : shown(options, arg);
  }
  return out;
}

function shown(options, value) {
  if (options === undefined) {
    if (typeof value === 'number') return numeral(value);
    if (typeof value === 'boolean' || value === undefined || value === null) return `${value}`;
  }
  return require('internal/inspect').inspect(value, { ...options, compact: 3, depth: options?.depth ?? defaultDepth() });
}

const defaultDepth = () => require('internal/inspect').inspect.defaultOptions.depth;

// placed returns what stands for %directive, undefined if that is none.
function placed(options, directive, arg) {
  switch (directive) {
    case 's': return asString(options, arg);
    case 'd':
      if (typeof arg === 'bigint') return `${arg}n`;
      return typeof arg === 'symbol' ? 'NaN' : numeral(Number(arg));
    case 'i':
      if (typeof arg === 'bigint') return `${arg}n`;
      return typeof arg === 'symbol' ? 'NaN' : numeral(Number.parseInt(arg, 10));
    case 'f':
      return typeof arg === 'symbol' ? 'NaN' : numeral(Number.parseFloat(arg));
    case 'j': return asJSON(arg);
    case 'o':
      return require('internal/inspect').inspect(arg, { ...options, showHidden: true, showProxy: true, depth: 4 });
    case 'O': return require('internal/inspect').inspect(arg, options);
    case 'c': return '';
    default: return undefined;
  }
}

function asString(options, arg) {
  switch (typeof arg) {
    case 'string': return arg;
    case 'number': return numeral(arg);
    case 'bigint': return `${arg}n`;
    case 'object':
      if (arg !== null && !saysItself(arg)) {
        return require('internal/inspect').inspect(arg, { ...options, depth: 0, colors: false, compact: 3 });
      }
  }
  return String(arg);
}

let builtins;

// ofNode are the globals that are not the language's, and have a toString of their own.
const ofNode = new Set(['Buffer', 'URL', 'URLSearchParams']);

// saysItself reports whether a script gave value, or its class, a way to become a
// string.
function saysItself(value) {
  let pair = proxy(value);
  while (pair !== undefined) {
    if (pair.length === 0) return false;
    [value] = pair;
    pair = proxy(value);
  }
  const hasOwn = Object.prototype.hasOwnProperty;
  if (!(Symbol.toPrimitive in value) && typeof value.toString !== 'function') return false;
  if (hasOwn.call(value, 'toString') || hasOwn.call(value, Symbol.toPrimitive)) return true;
  let at = value;
  do {
    at = Object.getPrototypeOf(at);
  } while (at !== null && !hasOwn.call(at, 'toString') && !hasOwn.call(at, Symbol.toPrimitive));
  if (at === null) return false;
  const maker = Object.getOwnPropertyDescriptor(at, 'constructor');
  if (maker === undefined || typeof maker.value !== 'function') return true;
  builtins ??= new Set(Object.getOwnPropertyNames(globalThis).filter((name) => /^[A-Z]/.test(name) && !ofNode.has(name)));
  return !builtins.has(maker.value.name);
}

function asJSON(arg) {
  try {
    return `${JSON.stringify(arg)}`;
  } catch (error) {
    if (error instanceof TypeError && error.message.includes('circular')) return '[Circular]';
    throw error;
  }
}

exports.format = (...args) => (args.length === 0 ? '' : format(undefined, args));

exports.formatWithOptions = function (options, ...args) {
  require('internal/validators').validateObject(options, 'inspectOptions', { array: true });
  return args.length === 0 ? '' : format(options, args);
};

exports.formatArgs = (options, args) => (args.length === 0 ? '' : format(options, args));
