// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const list = new net.BlockList();
list.addAddress('123.123.123.123');
list.addRange('10.0.0.1', '10.0.0.10');
list.addSubnet('2001:db8::', 32, 'ipv6');
console.log(list.rules);
for (const [address, family] of [
  ['123.123.123.123'], ['10.0.0.3'], ['10.0.0.11'], ['::ffff:10.0.0.3', 'ipv6'], ['2001:db8:1::1', 'ipv6'], ['2001:db9::', 'ipv6'],
]) {
  console.log(address, list.check(address, family));
}
console.log(list.check(new net.SocketAddress({ address: '10.0.0.10' })));
