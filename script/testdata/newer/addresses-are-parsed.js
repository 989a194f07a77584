// Copyright 2026 The duplex authors. MIT license.

'use strict';

const { SocketAddress } = require('net');

for (const text of ['1.2.3.4:80', '1.2.3.4', '[::1]:443', '[::1]', '::1', 'nonsense', '1.2.3.4:70000', '1.2.3:4']) {
  const address = SocketAddress.parse(text);
  console.log(text, address && [address.address, address.port, address.family].join(' '));
}
