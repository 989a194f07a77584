// Copyright 2026 The duplex authors. MIT license.

'use strict';

// A SocketAddress refuses a family that is none; a check of a BlockList only finds nothing.
const { BlockList, SocketAddress } = require('net');

const list = new BlockList();
list.addAddress('127.0.0.1');
for (const family of ['ipv4', 'IPv4', 'ipv6', '', 'inet', null, 4]) {
  for (const [name, f] of [['check', () => list.check('127.0.0.1', family)], ['new', () => new SocketAddress({ family }).family]]) {
    try {
      console.log(name, family, f());
    } catch (error) {
      console.log(name, family, error.code, error.message);
    }
  }
}
const shown = (object, name) => Object.getOwnPropertyDescriptor(Object.getPrototypeOf(object), name).enumerable;
console.log(shown(list, 'rules'), shown(new SocketAddress(), 'address'), shown(new SocketAddress(), 'port'));
