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
