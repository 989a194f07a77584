// Copyright 2026 The duplex authors. MIT license.

// Intl, for English alone, as far as packages need it to load and to print. What would
// take the tables of other languages, or formats beyond the usual one, refuses.

'use strict';

const dates = require('internal/intl_date');
const locale = require('internal/locale');

const absent = require('internal/absent').absent('Intl of this kind', 'use plain strings, or run the script with node');

const canonical = (tags) => {
  const list = tags === undefined ? [] : typeof tags === 'string' || tags instanceof Locale ? [tags] : Array.from(tags);
  return list.map((tag) => {
    if (tag instanceof Locale) return tag.toString();
    if (!/^[a-z]{2,8}(-[a-z0-9]{1,8})*$/i.test(tag)) throw new RangeError(`Incorrect locale information provided`);
    return tag.split('-').map((part, i) => {
      if (i === 0) return part.toLowerCase();
      if (part.length === 4 && /^[a-z]+$/i.test(part)) return part[0].toUpperCase() + part.slice(1).toLowerCase();
      return part.length === 2 ? part.toUpperCase() : part.toLowerCase();
    }).join('-');
  });
};

// kind makes a class of Intl: its objects know the locale they answer for.
function kind(name, Class, callable = false) {
  const Kind = {
    [name]: function (tags, options) {
      if (!new.target && !callable) throw new TypeError(`Constructor Intl.${name} requires 'new'`);
      const [wanted = 'en-US'] = canonical(tags);
      return Reflect.construct(Class, [wanted, options ?? {}], new.target ?? Kind);
    },
  }[name];
  Object.defineProperty(Kind, 'length', { value: 0 });
  Object.defineProperty(Kind, 'prototype', { value: Class.prototype, writable: false });
  Object.defineProperty(Class.prototype, 'constructor', { value: Kind, writable: true, configurable: true });
  Object.defineProperty(Class.prototype, Symbol.toStringTag, { value: `Intl.${name}`, configurable: true });
  Object.defineProperty(Kind, 'supportedLocalesOf', { value: (tags) => canonical(tags), writable: true, configurable: true });
  return Kind;
}

class Locale {
  #tag;

  constructor(tag, options = {}) {
    if (typeof tag !== 'string' && !(tag instanceof Locale)) throw new TypeError('First argument to Intl.Locale constructor can\'t be empty or missing');
    const [found] = canonical(String(tag));
    const parts = found.split('-');
    const script = options.script ?? parts.find((part, i) => i > 0 && /^[A-Z][a-z]{3}$/.test(part));
    const region = options.region ?? parts.find((part, i) => i > 0 && /^([A-Z]{2}|\d{3})$/.test(part));
    this.#tag = { language: options.language ?? parts[0], script, region };
  }

  get language() {
    return this.#tag.language;
  }

  get script() {
    return this.#tag.script;
  }

  get region() {
    return this.#tag.region;
  }

  get baseName() {
    return this.toString();
  }

  toString() {
    return Object.values(this.#tag).filter(Boolean).join('-');
  }
}
Object.defineProperty(Locale.prototype, Symbol.toStringTag, { value: 'Intl.Locale', configurable: true });

// What people take for one character: with its marks and variants, joined pictures,
// flags, and the letters of a syllable of Hangul.
const clusters = new RegExp('\\r\\n|[\\u{1f1e6}-\\u{1f1ff}]{2}|' +
  '[\\u1100-\\u115f]*(?:[\\uac00-\\ud7a3]|[\\u1160-\\u11a7]+)[\\u1160-\\u11ff]*[\\p{M}\\u200d]*|[\\u1100-\\u115f]+[\\p{M}\\u200d]*|' +
  '[^](?:[\\p{M}\\u{1f3fb}-\\u{1f3ff}\\u{e0020}-\\u{e007f}\\u200c]|\\u200d(?:[\\u2190-\\u21ff\\u2600-\\u27bf\\u2b00-\\u2bff\\u{1f000}-\\u{1faff}])?)*', 'gu');
const words = new RegExp('[\\p{L}\\p{N}\\p{M}_]+(?:[\'.\\u2019:][\\p{L}\\p{N}\\p{M}_]+)*| +|\\r\\n|[^]', 'gu');
const wordLike = new RegExp('[\\p{L}\\p{N}]', 'u');
const marks = new RegExp('\\p{M}', 'gu');
const sentences = /[^.!?]+[.!?]*\s*|[.!?]+\s*/gu;

class Segmenter {
  #locale;
  #granularity;

  constructor(tag, { granularity = 'grapheme' }) {
    if (!['grapheme', 'word', 'sentence'].includes(granularity)) throw new RangeError(`Value ${granularity} out of range for Intl.Segmenter options property granularity`);
    this.#locale = tag;
    this.#granularity = granularity;
  }

  segment(text) {
    const input = String(text);
    const granularity = this.#granularity;
    const pattern = { grapheme: clusters, word: words, sentence: sentences }[granularity];
    const shaped = (match) => {
      const found = { segment: match[0], index: match.index, input };
      if (granularity === 'word') found.isWordLike = wordLike.test(match[0]);
      return found;
    };
    return {
      * [Symbol.iterator]() {
        for (const match of input.matchAll(pattern)) yield shaped(match);
      },
      containing(at = 0) {
        for (const match of input.matchAll(pattern)) if (at >= match.index && at < match.index + match[0].length) return shaped(match);
        return undefined;
      },
    };
  }

  resolvedOptions() {
    return { locale: this.#locale, granularity: this.#granularity };
  }
}

class Collator {
  #options;

  constructor(tag, options) {
    this.#options = { locale: tag, usage: 'sort', sensitivity: 'variant', ignorePunctuation: false, collation: 'default', numeric: false,
      caseFirst: 'false', ...options };
  }

  get compare() {
    const { numeric, sensitivity } = this.#options;
    const plain = (text) => {
      let found = String(text);
      if (sensitivity === 'base' || sensitivity === 'case') found = found.normalize('NFD').replace(marks, '');
      return sensitivity === 'base' || sensitivity === 'accent' ? found.toLowerCase() : found;
    };
    const ordered = (a, b) => Math.sign(a.toLowerCase().localeCompare(b.toLowerCase()) || -a.localeCompare(b) || 0);
    if (!numeric) return (a, b) => ordered(plain(a), plain(b));
    return (a, b) => {
      const [left, right] = [plain(a).match(/\d+|\D+/g) ?? [], plain(b).match(/\d+|\D+/g) ?? []];
      for (let i = 0; i < Math.min(left.length, right.length); i++) {
        const both = /^\d/.test(left[i]) && /^\d/.test(right[i]);
        const order = both ? Math.sign(Number(left[i]) - Number(right[i])) : ordered(left[i], right[i]);
        if (order !== 0) return order;
      }
      return Math.sign(left.length - right.length);
    };
  }

  resolvedOptions() {
    return { ...this.#options };
  }
}

// refused are the options that would change what is printed; others mean nothing.
const refused = ['currency', 'currencyDisplay', 'currencySign', 'unit', 'unitDisplay', 'notation', 'compactDisplay', 'signDisplay', 'minimumIntegerDigits',
  'minimumSignificantDigits', 'maximumSignificantDigits', 'roundingMode', 'roundingPriority', 'roundingIncrement', 'trailingZeroDisplay'];

function plainOnly(options) {
  for (const name of refused) if (options[name] !== undefined) throw absent.refuse(`the option ${name} of Intl.NumberFormat`);
}

class NumberFormat {
  #locale;
  #options;

  constructor(tag, options) {
    this.#locale = tag;
    this.#options = options;
  }

  get format() {
    return (value) => {
      const { style = 'decimal', ...options } = this.#options;
      plainOnly(options);
      if (style === 'percent') return `${locale.number(Number(value) * 100, { maximumFractionDigits: 0, ...options })}%`;
      if (style !== 'decimal') throw absent.refuse(`the style ${style} of Intl.NumberFormat`);
      return typeof value === 'bigint' ? locale.bigint(value, options) : locale.number(Number(value), options);
    };
  }

  resolvedOptions() {
    return { locale: this.#locale, numberingSystem: 'latn', style: 'decimal', minimumIntegerDigits: 1, minimumFractionDigits: 0, maximumFractionDigits: 3,
      useGrouping: 'auto', notation: 'standard', signDisplay: 'auto', roundingMode: 'halfExpand', ...this.#options };
  }
}

function refuseDate(name) {
  throw absent.refuse(`${name} with such a value, or beside these others, in a format of dates`);
}

class DateTimeFormat {
  #locale;
  #options;

  constructor(tag, options) {
    this.#locale = tag;
    this.#options = { ...options };
    if (options.timeZone !== undefined) this.#options.timeZone = dates.zoneOf(options.timeZone);
  }

  get format() {
    return (date = Date.now()) => {
      return dates.text(this.formatToParts(date));
    };
  }

  formatToParts(date = Date.now()) {
    const time = Number(date);
    if (Number.isNaN(time)) throw new RangeError('Invalid time value');
    return dates.parts(time, dates.check(this.#options, dates.defaults.date[0], refuseDate));
  }

  resolvedOptions() {
    return { locale: this.#locale, calendar: 'gregory', numberingSystem: 'latn', timeZone: this.#options.timeZone ?? zone(), year: 'numeric', month: 'numeric', day: 'numeric' };
  }
}

// zone returns the name of the time zone in which the script runs.
function zone() {
  const { TZ } = process.env;
  if (TZ !== undefined && TZ !== '') return TZ.replace(/^:/, '');
  const { readlinkSync } = require('fs');
  try {
    return /zoneinfo\/(?:posix\/|right\/)?(.+)$/.exec(readlinkSync('/etc/localtime'))?.[1].replace(/^Etc\/UTC$/, 'UTC') ?? 'UTC';
  } catch {
    return 'UTC';
  }
}

class PluralRules {
  #locale;
  #type;

  constructor(tag, { type = 'cardinal' }) {
    this.#locale = tag;
    this.#type = type;
  }

  select(number) {
    number = Number(number);
    if (this.#type !== 'ordinal') return number === 1 ? 'one' : 'other';
    const [ten, hundred] = [number % 10, number % 100];
    if (ten === 1 && hundred !== 11) return 'one';
    if (ten === 2 && hundred !== 12) return 'two';
    return ten === 3 && hundred !== 13 ? 'few' : 'other';
  }

  resolvedOptions() {
    return { locale: this.#locale, type: this.#type, pluralCategories: this.#type === 'ordinal' ? ['few', 'one', 'two', 'other'] : ['one', 'other'] };
  }
}

class ListFormat {
  #locale;
  #options;

  constructor(tag, { type = 'conjunction', style = 'long' }) {
    this.#locale = tag;
    this.#options = { type, style };
  }

  format(list) {
    const words = Array.from(list);
    const { type, style } = this.#options;
    if (type === 'unit') return words.join(style === 'narrow' ? ' ' : ', ');
    const word = type === 'disjunction' ? 'or' : style === 'long' ? 'and' : '&';
    if (words.length < 2) return words.join('');
    return words.length === 2 ? `${words[0]} ${word} ${words[1]}` : `${words.slice(0, -1).join(', ')}, ${word} ${words[words.length - 1]}`;
  }

  resolvedOptions() {
    return { locale: this.#locale, ...this.#options };
  }
}

const Intl = {};
const members = {
  getCanonicalLocales: (tags) => canonical(tags),
  supportedValuesOf: (key) => (key === 'timeZone' ? ['UTC'] : []),
  DateTimeFormat: kind('DateTimeFormat', DateTimeFormat, true),
  NumberFormat: kind('NumberFormat', NumberFormat, true),
  Collator: kind('Collator', Collator, true),
  PluralRules: kind('PluralRules', PluralRules),
  RelativeTimeFormat: absent.type('RelativeTimeFormat', null, 'format formatToParts resolvedOptions'),
  ListFormat: kind('ListFormat', ListFormat),
  Locale,
  DisplayNames: absent.type('DisplayNames', null, 'of resolvedOptions'),
  Segmenter: kind('Segmenter', Segmenter),
};
for (const name of Object.keys(members)) Object.defineProperty(Intl, name, { value: members[name], writable: true, configurable: true });
Object.defineProperty(Intl, Symbol.toStringTag, { value: 'Intl', configurable: true });

// localDate is what the methods of a Date return that are given options.
exports.localDate = (time, options, kind) => dates.text(dates.parts(time, dates.check(options, dates.defaults[kind][0], refuseDate, dates.defaults[kind][1])));

exports.Intl = require('internal/natives').all(Intl);
