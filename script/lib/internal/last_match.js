// Copyright 2026 The duplex authors. MIT license.

// RegExp.$1 and its kin tell of the newest match. The literals of a script that speaks
// of them have an exec of their own, which remembers it and is slower.

'use strict';

const natives = require('internal/natives');

const { exec } = RegExp.prototype;
let input = '';
let last = ['']; // the match, with its groups
let index = 0;

function remembering(text) {
  const match = exec.call(this, text);
  if (match === null) return match;
  ({ input, index } = match);
  last = Array.from(match);
  return match;
}

const names = {
  input: ['$_', () => input],
  lastMatch: ['$&', () => last[0]],
  lastParen: ['$+', () => (last.length > 1 ? last[last.length - 1] ?? '' : '')],
  leftContext: ['$`', () => input.slice(0, index)],
  rightContext: ["$'", () => input.slice(index + last[0].length)],
};

const define = (name, get) => {
  const set = (value) => {
    if (name === 'input' || name === '$_') input = String(value);
  };
  Object.defineProperty(RegExp, name, { get: natives.native(get, `get ${name}`), set: natives.native(set, `set ${name}`), enumerable: false, configurable: true });
};
for (let i = 1; i <= 9; i++) define(`$${i}`, () => last[i] ?? '');
for (const name of Object.keys(names)) {
  const [short, get] = names[name];
  define(name, get);
  define(short, get);
}

// remember gives a regular expression an exec that remembers.
exports.remember = (regexp) => Object.defineProperty(regexp, 'exec', {
  value: natives.native({ exec(text) { return remembering.call(this, text); } }.exec),
  writable: true,
  enumerable: false,
  configurable: true,
});
