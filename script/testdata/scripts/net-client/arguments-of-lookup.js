// Copyright 2026 The duplex authors. MIT license.

'use strict';

const dns = require('dns');

function attempt(what, f) {
  try {
    f();
    console.log(what, 'is taken');
  } catch (error) {
    console.log(what, error.name, error.code, error.message);
  }
}

const values = [undefined, null, '', 'text', NaN, -1, 1.5, 4, 5, {}, [], true, Symbol('s'), 1n];
for (const value of values) {
  attempt(['name', value], () => dns.lookup(value, () => {}));
  attempt(['second', value], () => dns.lookup('127.0.0.1', value));
  attempt(['options', value], () => dns.lookup('127.0.0.1', value, () => {}));
  attempt(['callback', value], () => dns.lookup('127.0.0.1', {}, value));
  for (const name of ['family', 'hints', 'all', 'verbatim']) {
    attempt([name, value], () => dns.lookup('127.0.0.1', { [name]: value }, () => {}));
  }
}

(async () => {
  for (const family of [0, 4, 6, 'IPv4', 'IPv6', 'ipv4', '4', null, undefined]) {
    try {
      console.log(family, await dns.promises.lookup('127.0.0.1', { family }));
    } catch (error) {
      console.log(family, error.name, error.code, error.message);
    }
  }
})();
