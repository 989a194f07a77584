// Copyright 2026 The duplex authors. MIT license.

'use strict';

console.log(/\p{Lu}/u.test('É'), /^\p{L}+$/u.test('héλлоß漢'), /[\p{N}_]+/u.exec('ab١٢_')[0], /\P{L}/u.test('a'));
console.log(/\p{Script=Greek}/u.test('λ'), /\p{White_Space}/u.test(' '), /[^\p{Alphabetic}]/u.exec('aé!')[0]);
console.log('aXbÉc'.split(/\p{Lu}/u), 'x1y22'.replace(/\p{Nd}+/gu, '#'), /\p{L}/.test('p{L}'));
console.log(new RegExp('\\p{Ll}', 'u').test('ß'), RegExp('\\P{Ll}', 'gu').flags);
try {
  new RegExp('\\p{Nope}', 'u');
} catch (e) {
  console.log(e.name, e.message);
}
class Own extends RegExp {}
console.log(new Own('q') instanceof Own, /a/ instanceof RegExp, /a/.constructor === RegExp, RegExp.name);
