// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const list = new net.BlockList();
const attempts = [
  () => list.addAddress('x'),
  () => list.addAddress(1),
  () => list.addAddress('::1', 'ipv4'),
  () => list.addAddress('1.1.1.1', 'tcp'),
  () => list.addRange('10.0.0.2', '10.0.0.1'),
  () => list.addSubnet('10.0.0.0', 33),
  () => list.addSubnet('10.0.0.0', 'x'),
  () => list.addSubnet('::', 129, 'ipv6'),
  () => list.check(1),
  () => list.check('x'),
];
for (const attempt of attempts) {
  try {
    console.log(String(attempt), attempt());
  } catch (e) {
    console.log(String(attempt), e.name, e.code, e.message);
  }
}
