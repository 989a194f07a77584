// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const texts = [
  '127.0.0.1', '0.0.0.0', '255.255.255.255', '256.0.0.1', '1.2.3', '1.2.3.4.5', '01.2.3.4', '1.2.3.4 ', ' 1.2.3.4',
  '::', '::1', '1::', '::ffff:1.2.3.4', '::1%lo', '::1%', 'fe80::1%eth0', '1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7', '1::2::3',
  'g::1', '::12345', '::1.2.3', '', 'localhost', '0', 'x',
];
for (const text of texts) console.log(JSON.stringify(text), net.isIP(text), net.isIPv4(text), net.isIPv6(text));
for (const odd of [undefined, null, 0, {}, [], true]) console.log(odd, net.isIP(odd));
