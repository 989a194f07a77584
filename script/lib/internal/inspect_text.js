// Copyright 2026 The duplex authors. MIT license.

// How strings, numbers and colors look.

'use strict';

// Pairs of codes: on, off.
const colors = Object.assign(Object.create(null), {
  reset: [0, 0], bold: [1, 22], dim: [2, 22], italic: [3, 23], underline: [4, 24], blink: [5, 25], inverse: [7, 27],
  hidden: [8, 28], strikethrough: [9, 29], doubleunderline: [21, 24],
  black: [30, 39], red: [31, 39], green: [32, 39], yellow: [33, 39], blue: [34, 39], magenta: [35, 39], cyan: [36, 39],
  white: [37, 39],
  bgBlack: [40, 49], bgRed: [41, 49], bgGreen: [42, 49], bgYellow: [43, 49], bgBlue: [44, 49], bgMagenta: [45, 49],
  bgCyan: [46, 49], bgWhite: [47, 49],
  framed: [51, 54], overlined: [53, 55],
  gray: [90, 39], redBright: [91, 39], greenBright: [92, 39], yellowBright: [93, 39], blueBright: [94, 39],
  magentaBright: [95, 39], cyanBright: [96, 39], whiteBright: [97, 39],
  bgGray: [100, 49], bgRedBright: [101, 49], bgGreenBright: [102, 49], bgYellowBright: [103, 49], bgBlueBright: [104, 49],
  bgMagentaBright: [105, 49], bgCyanBright: [106, 49], bgWhiteBright: [107, 49],
});
exports.colors = colors;

// Other names of the same colors, which follow when those are changed.
for (const [color, ...names] of [
  ['gray', 'grey', 'blackBright'],
  ['bgGray', 'bgGrey', 'bgBlackBright'],
  ['dim', 'faint'],
  ['strikethrough', 'crossedout', 'strikeThrough', 'crossedOut'],
  ['hidden', 'conceal'],
  ['inverse', 'swapColors', 'swapcolors'],
  ['doubleunderline', 'doubleUnderline'],
]) {
  for (const name of names) {
    Object.defineProperty(colors, name, {
      configurable: true,
      enumerable: false,
      get() { return this[color]; },
      set(value) { this[color] = value; },
    });
  }
}

exports.styles = Object.assign(Object.create(null), {
  special: 'cyan',
  number: 'yellow',
  bigint: 'yellow',
  boolean: 'yellow',
  undefined: 'grey',
  null: 'bold',
  string: 'green',
  symbol: 'green',
  date: 'magenta',
  regexp: 'red',
  module: 'underline',
});

const named = { 8: '\\b', 9: '\\t', 10: '\\n', 12: '\\f', 13: '\\r', 92: '\\\\' };
const suspicious = /[\x00-\x1f\x7f-\x9f\\\ud800-\udfff]/;

// escape shows what cannot be seen, and quote.
function escape(text, quote) {
  if (!suspicious.test(text)) return quote !== '' && text.includes(quote) ? text.replaceAll(quote, `\\${quote}`) : text;
  let out = '';
  let from = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    let shown;
    if (code < 0x20 || code === 0x5c) {
      shown = named[code] || `\\x${hex(code)}`;
    } else if (code < 0x7f) {
      if (text[i] !== quote) continue;
      shown = `\\${quote}`;
    } else if (code < 0xa0) {
      shown = `\\x${hex(code)}`;
    } else if (code >= 0xd800 && code < 0xe000) {
      const next = text.charCodeAt(i + 1);
      if (code < 0xdc00 && next >= 0xdc00 && next < 0xe000) {
        i++;
        continue;
      }
      shown = `\\u${code.toString(16)}`;
    } else {
      continue;
    }
    out += text.slice(from, i) + shown;
    from = i + 1;
  }
  return out + text.slice(from);
}
exports.escape = (text) => escape(text, '');

const hex = (code) => code.toString(16).toUpperCase().padStart(2, '0');

// quote puts text into the quotes that need no escapes, single ones if none do.
exports.quote = function (text) {
  let mark = "'";
  if (text.includes("'")) {
    if (!text.includes('"')) mark = '"';
    else if (!text.includes('`') && !text.includes('${')) mark = '`';
  }
  return mark + escape(text, mark) + mark;
};

function separated(digits) {
  const first = digits.length % 3;
  let out = digits.slice(0, first);
  for (let i = first; i < digits.length; i += 3) out += (out === '' ? '' : '_') + digits.slice(i, i + 3);
  return out;
}

const sign = (text) => (text[0] === '-' ? '-' : '');

exports.number = function (value, separators) {
  if (Object.is(value, -0)) return '-0';
  const text = String(value);
  if (!separators || text.includes('e') || !Number.isFinite(value)) return text;
  const [whole, fraction] = text.slice(sign(text).length).split('.');
  const left = sign(text) + separated(whole);
  return fraction === undefined ? left : `${left}.${fraction.replace(/\d{3}(?=\d)/g, '$&_')}`;
};

exports.bigint = function (value, separators) {
  const text = String(value);
  return `${separators ? sign(text) + separated(text.slice(sign(text).length)) : text}n`;
};

// ECMA-48: control sequences (parameters, intermediates, a final byte), strings that
// end with ST or BEL, and the escapes of two or three bytes.
const control = '(?:\x1b\\[|\x9b)[0-?]*[ -/]*[@-~]';
const string = '(?:\x1b[\\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\\\|\x9c)';
const sequences = new RegExp(`${control}|${string}|\x1b[ -/]*[0-~]`, 'g');
const colorsOnly = /\x1b\[\d+m/g;

exports.withoutColors = (text) => text.replace(colorsOnly, '');

exports.withoutSequences = (text) => (text.includes('\x1b') || text.includes('\x9b') ? text.replace(sequences, '') : text);

// width is how many columns of a terminal text takes.
exports.width = function (text, withColors = true) {
  if (withColors) text = exports.withoutSequences(text);
  if (!/[^ -~]/.test(text)) return text.length;
  let columns = 0;
  for (const char of text.normalize('NFC')) {
    const code = char.codePointAt(0);
    if (isWide(code)) columns += 2;
    else if (!isNothing(code)) columns++;
  }
  return columns;
};

// First and last of those that Unicode's EastAsianWidth.txt calls wide or fullwidth.
const wide = [
  0x1100, 0x115f, 0x231a, 0x231b, 0x2329, 0x232a, 0x23e9, 0x23ec, 0x23f0, 0x23f0, 0x23f3, 0x23f3, 0x25fd, 0x25fe,
  0x2614, 0x2615, 0x2648, 0x2653, 0x267f, 0x267f, 0x2693, 0x2693, 0x26a1, 0x26a1, 0x26aa, 0x26ab, 0x26bd, 0x26be,
  0x26c4, 0x26c5, 0x26ce, 0x26ce, 0x26d4, 0x26d4, 0x26ea, 0x26ea, 0x26f2, 0x26f3, 0x26f5, 0x26f5, 0x26fa, 0x26fa,
  0x26fd, 0x26fd, 0x2705, 0x2705, 0x270a, 0x270b, 0x2728, 0x2728, 0x274c, 0x274c, 0x274e, 0x274e, 0x2753, 0x2755,
  0x2757, 0x2757, 0x2795, 0x2797, 0x27b0, 0x27b0, 0x27bf, 0x27bf, 0x2b1b, 0x2b1c, 0x2b50, 0x2b50, 0x2b55, 0x2b55,
  0x2e80, 0x303e, 0x3041, 0x3247, 0x3250, 0xa4c6, 0xa960, 0xa97c, 0xac00, 0xd7a3, 0xf900, 0xfad9,
  0xfe10, 0xfe19, 0xfe30, 0xfe6b, 0xff01, 0xff60, 0xffe0, 0xffe6, 0x16fe0, 0x1b2fb, 0x1f004, 0x1f004, 0x1f0cf,
  0x1f0cf, 0x1f18e, 0x1f18e, 0x1f191, 0x1f19a, 0x1f200, 0x1f320, 0x1f32d, 0x1f335, 0x1f337, 0x1f37c, 0x1f37e, 0x1f393,
  0x1f3a0, 0x1f3ca, 0x1f3cf, 0x1f3d3, 0x1f3e0, 0x1f3f0, 0x1f3f4, 0x1f3f4, 0x1f3f8, 0x1f43e, 0x1f440, 0x1f440, 0x1f442,
  0x1f4fc, 0x1f4ff, 0x1f53d, 0x1f54b, 0x1f54e, 0x1f550, 0x1f567, 0x1f57a, 0x1f57a, 0x1f595, 0x1f596, 0x1f5a4, 0x1f5a4,
  0x1f5fb, 0x1f64f, 0x1f680, 0x1f6c5, 0x1f6cc, 0x1f6cc, 0x1f6d0, 0x1f6d2, 0x1f6d5, 0x1f6df, 0x1f6eb, 0x1f6ec, 0x1f6f4,
  0x1f6fc, 0x1f7e0, 0x1f7f0, 0x1f90c, 0x1f93a, 0x1f93c, 0x1f945, 0x1f947, 0x1f9ff, 0x1fa70, 0x1faf6, 0x20000, 0x3fffd,
];

function isWide(code) {
  if (code < wide[0]) return false;
  let low = 0;
  let high = wide.length / 2 - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    if (code > wide[middle * 2 + 1]) low = middle + 1;
    else if (code < wide[middle * 2]) high = middle - 1;
    else return true;
  }
  return false;
}

// Controls and marks that stand on other characters.
const isNothing = (code) => code <= 0x1f || (code >= 0x7f && code <= 0x9f) || (code >= 0x300 && code <= 0x36f) ||
  (code >= 0x200b && code <= 0x200f) || (code >= 0x20d0 && code <= 0x20ff) || (code >= 0xfe00 && code <= 0xfe0f) ||
  (code >= 0xfe20 && code <= 0xfe2f) || (code >= 0xe0100 && code <= 0xe01ef);
