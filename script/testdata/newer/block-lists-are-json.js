// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const list = new net.BlockList();
const data = ['Subnet: IPv4 192.168.1.0/24', 'Address: IPv4 10.0.0.5', 'Range: IPv4 192.168.2.1-192.168.2.10', 'Range: IPv6 ::1-::9'];
list.fromJSON(data);
console.log(list.size, list.check('192.168.1.7'), list.check('10.0.0.5'), list.check('192.168.2.10'), list.check('::7', 'ipv6'));
console.log(list.check('192.168.3.7'), list.check('10.0.0.6'), list.check('192.168.2.11'), list.check('::a', 'ipv6'));
console.log(JSON.stringify(list) === JSON.stringify(list.rules), JSON.stringify(list.toJSON()) === JSON.stringify(list.rules));
const copy = new net.BlockList();
copy.fromJSON(JSON.stringify(list));
console.log([...copy.rules].sort().join() === [...list.rules].sort().join());
console.log(net.BlockList.isBlockList(copy), net.BlockList.isBlockList({ rules: [] }), net.BlockList.isBlockList(null));
