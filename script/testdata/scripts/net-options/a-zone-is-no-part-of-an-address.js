// Copyright 2026 The duplex authors. MIT license.

'use strict';

const { BlockList, SocketAddress } = require('net');

console.log(new SocketAddress({ address: 'fe80::1%lo', family: 'ipv6' }).toJSON());
const list = new BlockList();
list.addAddress('fe80::1%lo', 'ipv6');
console.log(list.rules, list.check('fe80::1', 'ipv6'), list.check('fe80::1%eth0', 'ipv6'), list.check('fe80::2', 'ipv6'));
