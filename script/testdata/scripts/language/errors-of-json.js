// Copyright 2026 The duplex authors. MIT license.

'use strict';

for (const text of ['{', '[1,', 'x', '', '{"a":1,}', '{"a" 1}', '"unended', '[1 2]', 'nul', '01', '{a:1}', '\u0001']) {
  try {
    JSON.parse(text);
  } catch (e) {
    console.log(JSON.stringify(text), e.name, e.message);
  }
}
const circle = {};
circle.self = circle;
try {
  JSON.stringify(circle);
} catch (e) {
  console.log(e.name, e.message.split('\n')[0]);
}
try {
  JSON.stringify(1n);
} catch (e) {
  console.log(e.name, e.message);
}

// Not errors: a reviver that is none, and numbers beyond all numbers.
console.log(JSON.parse('{"a":1}', null), JSON.parse('[1]', 5), JSON.parse('[1e999, -1e999, "1e999", "\\"2e999"]'));
console.log(JSON.parse('{"a":1e999,"b":[2]}', (key, value) => (Array.isArray(value) ? key : value)));
