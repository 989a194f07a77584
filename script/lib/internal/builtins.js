// Copyright 2026 The duplex authors. MIT license.

// Functions of the language that goja gets wrong, in a place or two each.

'use strict';

const natives = require('internal/natives');

const { defineProperty, getOwnPropertyDescriptor } = Object;

// replace puts a function in place of one of the same name, to which it may turn.
function replace(object, name, make) {
  const descriptor = getOwnPropertyDescriptor(object, name);
  const made = make(descriptor.value);
  defineProperty(made, 'name', { value: descriptor.value.name, configurable: true });
  defineProperty(made, 'length', { value: descriptor.value.length, configurable: true });
  defineProperty(object, name, { ...descriptor, value: natives.native(made) });
}

// A comparator that contradicts itself, such as (a, b) => a > b, shows in which order
// an engine compares. V8 inserts each into what is sorted already, by halving, if
// there are few; with many, goja's order stays.
const few = 64;

function insertEach(list, compare) {
  let run = 1; // how many are in order at the beginning
  if (list.length > 1) {
    const descending = Number(compare(list[1], list[0])) < 0;
    run = 2;
    while (run < list.length && (Number(compare(list[run], list[run - 1])) < 0) === descending) run++;
    if (descending) list.splice(0, run, ...list.slice(0, run).reverse());
  }
  for (let i = run; i < list.length; i++) {
    const one = list[i];
    let low = 0;
    let high = i;
    while (low < high) {
      const middle = low + ((high - low) >> 1);
      if (Number(compare(one, list[middle])) < 0) high = middle;
      else low = middle + 1;
    }
    for (let k = i; k > low; k--) list[k] = list[k - 1];
    list[low] = one;
  }
}

const sorting = (sort) => ({
  sort(compare) {
    if (typeof compare !== 'function' || !Array.isArray(this) || this.length >= few) return sort.call(this, compare);
    const list = [];
    let none = 0; // how many are undefined
    const { length } = this;
    for (let i = 0; i < length; i++) {
      if (!(i in this)) continue;
      const one = this[i];
      if (one === undefined) none++;
      else list.push(one);
    }
    insertEach(list, compare);
    const end = list.length + none;
    for (let i = 0; i < end; i++) this[i] = list[i];
    for (let i = end; i < length; i++) delete this[i];
    return this;
  },
}.sort);
replace(Array.prototype, 'sort', sorting);
replace(Array.prototype, 'toSorted', (toSorted) => ({
  toSorted(compare) {
    return typeof compare === 'function' && Array.isArray(this) ? Array.from(this).sort(compare) : toSorted.call(this, compare);
  },
}.toSorted));

// goja knows fewer spaces here than in Number.
replace(globalThis, 'isNaN', () => ({
  isNaN(value) {
    return Number.isNaN(+value);
  },
}.isNaN));
replace(globalThis, 'isFinite', () => ({
  isFinite(value) {
    return Number.isFinite(+value);
  },
}.isFinite));

// Of what is no number, goja's sign is what it was given.
replace(Math, 'sign', (sign) => ({
  sign(value) {
    return sign.call(Math, +value);
  },
}.sign));

// -0 is found where 0 is looked for.
const { indexOf } = Array.prototype;
replace(Array.prototype, 'includes', (includes) => ({
  includes(value, from) {
    return value === 0 && Array.isArray(this) ? indexOf.call(this, 0, from) >= 0 : includes.call(this, value, from);
  },
}.includes));

// goja takes nothing but objects here.
replace(Object.getPrototypeOf(Uint8Array), 'from', (from) => ({
  from(source, map, self) {
    return from.call(this, source === undefined || source === null ? source : Object(source), map, self);
  },
}.from));

replace(String.prototype, 'repeat', (repeat) => ({
  repeat(count) {
    const times = Number(count);
    if (times < 0 || times === Infinity) throw new RangeError(`Invalid count value: ${count}`);
    if (times * this?.length >= 2 ** 29 - 23) throw new RangeError('Invalid string length');
    return repeat.call(this, times);
  },
}.repeat));

const markup = {
  anchor: ['a', 'name'], big: ['big'], blink: ['blink'], bold: ['b'], fixed: ['tt'], fontcolor: ['font', 'color'],
  fontsize: ['font', 'size'], italics: ['i'], link: ['a', 'href'], small: ['small'], strike: ['strike'], sub: ['sub'], sup: ['sup'],
};
for (const name of Object.keys(markup)) {
  if (name in String.prototype) continue;
  const [element, attribute] = markup[name];
  const value = {
    [name](given) {
      const open = attribute === undefined ? element : `${element} ${attribute}="${String(given).replaceAll('"', '&quot;')}"`;
      return `<${open}>${this}</${element}>`;
    },
  }[name];
  if (attribute === undefined) defineProperty(value, 'length', { value: 0 });
  defineProperty(String.prototype, name, { value: natives.native(value), writable: true, enumerable: false, configurable: true });
}

// Of the options of localeCompare, numbers in text and what is not to be told apart.
const { localeCompare } = String.prototype;
const bare = {
  base: (text) => text.normalize('NFD').replace(/[\u0300-\u036f]/g, '').toLowerCase(),
  accent: (text) => text.toLowerCase(),
  case: (text) => text.normalize('NFD').replace(/[\u0300-\u036f]/g, ''),
};

function compareBy(a, b, { numeric, sensitivity }) {
  const compare = numeric === true ? compareNumbers : (x, y) => localeCompare.call(x, y);
  const strip = bare[sensitivity];
  if (strip) return compare(strip(a), strip(b));
  return compare(bare.base(a), bare.base(b)) || compare(a, b);
}

function compareNumbers(a, b) {
  const [left, right] = [a, b].map((text) => text.match(/\d+|\D+/g) ?? []);
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const [x, y] = [left[i], right[i]];
    const numbers = /^\d/.test(x) && /^\d/.test(y);
    const way = numbers ? Number(BigInt(x) > BigInt(y)) - Number(BigInt(x) < BigInt(y)) : localeCompare.call(x, y);
    if (way !== 0) return way;
  }
  return Math.sign(left.length - right.length);
}

replace(String.prototype, 'localeCompare', () => ({
  localeCompare(that, locales, options) {
    if (options === undefined || options === null) return localeCompare.call(this, that);
    return compareBy(String(this), String(that), options);
  },
}.localeCompare));

// The slash of a regular expression that was made of text.
const own = /\(\?:(?:\(\?!([\uE700-\uF6FF])\)(\[(?:\\.|[^\]\\])*?)\1\]|([\uE700-\uF6FF])\|(\[\^(?:\\.|[^\]\\])*?)\3\])\)/gs;
const { get: source } = getOwnPropertyDescriptor(RegExp.prototype, 'source');
defineProperty(RegExp.prototype, 'source', {
  get: natives.native(getOwnPropertyDescriptor({
    get source() {
      let text = source.call(this);
      if (text.startsWith('(?=(?:))')) text = text.slice(8); // engineMark of property.go
      if (/[\uE700-\uF6FF]/.test(text)) text = text.replace(own, (_, mark, positive, other, negated) => `${positive ?? negated}]`); // of halves.go
      if (!text.includes('\\u002f')) return text;
      let inClass = false;
      return text.replace(/\\u002f|\\.|[[\]]/gs, (one) => {
        if (one === '[') inClass = true;
        else if (one === ']') inClass = false;
        return one !== '\\u002f' ? one : inClass ? '/' : '\\/';
      });
    },
  }, 'source').get),
  configurable: true,
});
replace(RegExp.prototype, 'toString', () => ({
  toString() {
    return `/${this.source}/${this.flags}`;
  },
}.toString));

// Numbers and text.
const language = binding('language');
replace(globalThis, 'parseInt', () => (text, radix) => language.parseInt(`${text}`, radix));
defineProperty(Number, 'parseInt', { value: parseInt, writable: true, enumerable: false, configurable: true });
for (const name of ['toExponential', 'toFixed', 'toPrecision']) {
  replace(Number.prototype, name, (native) => ({
    // goja rounds -9.99 to something that is no number.
    [name](digits) {
      const text = native.call(this, digits);
      return text[0] === '.' || text[0] === '-' ? `-${native.call(-this, digits)}` : text;
    },
  }[name]));
}

// goja's JSON has no half of a pair of surrogates: they pass by as marks.
replace(JSON, 'parse', (native) => ({
  parse(json, reviver) {
    const text = `${json}`;
    const found = language.markHalves(text);
    if (found === undefined) return native.call(this, text, reviver);
    const [mark, marked] = found;
    const halves = new RegExp(`${mark}([\\da-f]{4})`, 'g');
    const restore = (part) => part.replace(halves, (_, code) => String.fromCharCode(parseInt(code, 16)));
    let restored;
    try {
      restored = native.call(this, marked, (key, value) => {
        if (typeof value === 'string') return restore(value);
        if (value !== null && typeof value === 'object' && !Array.isArray(value) && Object.keys(value).some((name) => name.includes(mark))) {
          return Object.fromEntries(Object.entries(value).map(([name, one]) => [restore(name), one]));
        }
        return value;
      });
    } catch {
      return native.call(this, text, reviver); // which says why
    }
    return typeof reviver === 'function' ? revived({ '': restored }, '', reviver) : restored;
  },
}.parse));

// After {} and [] goja indents all that follows once more.
replace(JSON, 'stringify', (native) => ({
  stringify(value, replacer, indent) {
    const space = indent instanceof String || indent instanceof Number ? indent.valueOf() : indent;
    if (space === undefined) return native.call(this, value, replacer);
    const visible = typeof space === 'string' && /[^ \t]/.test(space); // its own could be taken for a part
    const text = native.call(this, value, replacer, visible ? '\t' : space);
    if (typeof text !== 'string' || (!visible && !/\{\}|\[\]/.test(text))) return text;
    const gap = visible ? space.slice(0, 10) : /^[[{]\n([ \t]+)/.exec(text)?.[1];
    if (gap === undefined) return text;
    let depth = 0;
    return text.split('\n').map((line) => {
      const part = line.replace(/^[ \t]+/, '');
      if (/^[\]}]/.test(part)) depth--;
      const indented = gap.repeat(depth) + part;
      if (/[[{]$/.test(part)) depth++;
      return indented;
    }).join('\n');
  },
}.stringify));

// revived asks a reviver for all that is in an object, and then for the object.
function revived(holder, key, reviver) {
  const value = holder[key];
  if (value !== null && typeof value === 'object') {
    for (const name of Object.keys(value)) {
      const one = revived(value, name, reviver);
      if (one === undefined) delete value[name];
      else defineProperty(value, name, { value: one, writable: true, enumerable: true, configurable: true });
    }
  }
  return reviver.call(holder, key, value);
}

replace(Number.prototype, 'toString', (native) => ({
  toString(radix) {
    if (radix === undefined || !(this < 0)) return native.call(this, radix);
    return `-${native.call(-this, radix)}`; // goja forgets the sign of a fraction
  },
}.toString));

// A Proxy of a function; see guarded in language.go.
const { guarded } = language;
const inherited = Function.prototype[Symbol.hasInstance];
const Native = Proxy;
const isObject = (value) => (typeof value === 'object' && value !== null) || typeof value === 'function';
const guard = (target, handler) => (typeof target === 'function' && isObject(handler) ? guarded(handler, Reflect.get, inherited, hasInstance) : handler);

const { [Symbol.hasInstance]: hasInstance } = {
  [Symbol.hasInstance](value) {
    if (typeof this !== 'function' || !isObject(value)) return false;
    const { prototype } = this;
    if (!isObject(prototype)) throw new TypeError(`Function has non-object prototype '${String(prototype)}' in instanceof check`);
    let one = value;
    while ((one = Object.getPrototypeOf(one)) !== null) {
      if (one === prototype) return true;
    }
    return false;
  },
};
replace(globalThis, 'Proxy', () => (function (target, handler) {
  if (new.target === undefined) throw new TypeError("Constructor Proxy requires 'new'");
  return new Native(target, guard(target, handler));
}).bind()); // which has no prototype
const { revocable } = Native;
defineProperty(Proxy, 'revocable', {
  value: natives.native({ revocable: (target, handler) => revocable(target, guard(target, handler)) }.revocable),
  writable: true,
  enumerable: false,
  configurable: true,
});
