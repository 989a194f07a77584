// Copyright 2026 The duplex authors. MIT license.

'use strict';

const readline = require('readline');
const { press } = require('../screen.js');

const fruit = ['apple', 'apricot', 'banana', 'cherry', '中国', 'blueberry'];
function list(line) {
  const hits = fruit.filter((one) => one.startsWith(line));
  return [hits.length > 0 ? hits : fruit, line];
}
const keys = {
  'nothing typed': ['', '\t', '\t', '\r'],
  'one that fits': ['c', '\t', '\r'],
  'two that fit': ['a', '\t', '\t', '\t', 'p', '\t', 'r', '\t', '\r'],
  'none that fits': ['zz', '\t', '\t', '\r'],
  'in the middle': ['a b', '\x02', '\x02', '\t', '\t', '\r'],
  'in what is pasted': ['ap\tx', '\r'],
};
const stackless = Object.assign(new Error('no'), { stack: 'no' });
const completers = {
  sync: (line) => list(line),
  callback: (line, callback) => setImmediate(callback, null, list(line)),
  'promise of no use': async (line) => list(line),
  groups: (line) => [['one', 'two', '', 'three', 'four', 'five', '', 'six'], line],
  'another case': (line) => [['FOOBAR', 'FOOBAZ'], line],
  fails: (line, callback) => callback(stackless),
};

(async () => {
  for (const title in keys) {
    for (const name in completers) {
      await press(readline, `${title}, ${name}`, [...keys[title]], { columns: 30, completer: completers[name] });
    }
  }
})();
