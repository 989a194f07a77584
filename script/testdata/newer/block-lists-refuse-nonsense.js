// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const list = new net.BlockList();
for (const call of [
  () => list.addCIDR('10.0.0.0'), () => list.addCIDR('10.0.0.0/33'), () => list.addCIDR(5), () => list.addCIDRs('10.0.0.0/8'),
  () => list.addCIDRs(['10.0.0.0/8', 'nonsense']), () => list.addAddresses(['1.2.3.4', 'nonsense']), () => list.fromJSON(5),
  () => list.fromJSON(['Address: IPv4 1.2.3.4', 'nonsense']), () => net.createServer({ blockList: {} }), () => new net.Socket({ blockList: [] }),
]) {
  try {
    call();
    console.log('no error');
  } catch (error) {
    console.log(error.name, error.code);
  }
}
console.log(list.size);
