// Copyright 2026 The duplex authors. MIT license.

'use strict';

const d = new Date(Date.UTC(2026, 10, 23, 18, 5, 9, 7));
console.log(d, d.toISOString(), d.toJSON(), String(d), d.toUTCString(), d.toDateString());
console.log([d], { d }, new Date(NaN), d.getTimezoneOffset(), Date.parse('2026-11-23T18:05:09Z'), new Date('2026-11-23').getTime());
try {
  new Date(NaN).toISOString();
} catch (e) {
  console.log(e.name, e.message);
}
