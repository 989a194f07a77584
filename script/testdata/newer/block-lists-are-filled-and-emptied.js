// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const list = new net.BlockList();
list.addCIDR('10.0.0.0/8');
list.addCIDRs(['2001:db8::/32', '192.168.0.0/16']);
list.addAddresses(['1.2.3.4', '1.2.3.5']);
list.addAddresses(['::5'], 'ipv6');
list.addRange('9.0.0.1', '9.0.0.9');
console.log(list.rules.join('\n'));
console.log(list.size, list.check('10.1.1.1'), list.check('2001:db8::1', 'ipv6'), list.check('1.2.3.5'), list.check('9.0.0.5'));

list.removeCIDR('10.0.0.0/8');
list.removeSubnet('192.168.0.0', 16);
list.removeAddress('1.2.3.4');
list.removeRange('9.0.0.1', '9.0.0.9');
list.removeAddress('7.7.7.7'); // there is none
console.log(list.rules.join('\n'));
console.log(list.size, list.check('10.1.1.1'), list.check('1.2.3.4'), list.check('1.2.3.5'), list.check('9.0.0.5'));

list.clear();
console.log(list.size, list.rules.length, list.check('1.2.3.5'));
list.addCIDRs(net.BlockList.PRIVATE_RANGES);
console.log(list.size, list.check('127.0.0.1'), list.check('fe80::1', 'ipv6'), list.check('8.8.8.8'));
console.log(Object.isFrozen(net.BlockList.PRIVATE_RANGES));
