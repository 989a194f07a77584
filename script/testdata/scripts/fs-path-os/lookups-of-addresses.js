// Copyright 2026 The duplex authors. MIT license.

'use strict';

const dns = require('dns');

dns.lookup('127.0.0.1', (e, address, family) => {
  console.log(e, address, family);
  dns.lookup('::1', { all: true }, (e, addresses) => console.log(e, addresses));
});
dns.promises.lookup('127.0.0.1').then((answer) => console.log(answer));
console.log('returned', dns.getDefaultResultOrder());
for (const wrong of [[5, () => {}], ['x'], ['x', { family: 5 }, () => {}]]) {
  try {
    dns.lookup(...wrong);
  } catch (e) {
    console.log(e.name, e.code, e.message);
  }
}
