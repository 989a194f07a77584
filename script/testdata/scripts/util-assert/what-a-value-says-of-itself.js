// Copyright 2026 The duplex authors. MIT license.

'use strict';

const util = require('util');

const values = {
  'a Buffer': Buffer.from('abc'),
  'a typed array': new Uint8Array(2),
  'a URL': new URL('http://a/b'),
  'parameters': new URLSearchParams('a=1'),
  'toString that is none': { toString: 5 },
  'neither': { toString: null, valueOf: null },
  'its own toString': { toString: () => 'own' },
  'a toPrimitive': { [Symbol.toPrimitive]: () => 'primitive' },
  'a date': new Date(0),
  'an emitter': new (require('events'))(),
  'a class of Map': new (class Kept extends Map {})(),
  'a class with toString': new (class Told { toString() { return 'told'; } })(),
};
for (const [what, value] of Object.entries(values)) console.log(what, util.format('%s', value).split('\n')[0]);

for (const f of [
  () => Buffer.from('abc', Buffer.from('hex')),
  () => require('net').connect({ port: 1, host: '127.0.0.1', localAddress: Buffer.from('here') }),
]) {
  try {
    f();
  } catch (error) {
    console.log(error.code, error.message);
  }
}
