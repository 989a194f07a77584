// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const list = new net.BlockList();
for (const f of [
  () => list.addAddress('no address'),
  () => list.addAddress('::1'),
  () => list.addRange('127.0.0.1', '::1'),
  () => list.addSubnet('::', 8),
  () => new net.SocketAddress({ address: 'no address' }),
  () => new net.SocketAddress({ port: -1 }),
]) {
  try {
    f();
  } catch (error) {
    console.log(String(error), error.stack.split('\n')[0], error.name, error.code, Object.keys(error));
  }
}
