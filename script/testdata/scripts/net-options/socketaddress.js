// Copyright 2026 The duplex authors. MIT license.

'use strict';

const net = require('net');

const show = (a) => console.log(a.address, a.port, a.family, a.flowlabel);
show(new net.SocketAddress());
show(new net.SocketAddress({ address: '1.2.3.4', port: 80 }));
show(new net.SocketAddress({ address: '::1', family: 'ipv6', port: 8080, flowlabel: 7 }));
show(new net.SocketAddress({ family: 'ipv6' }));
for (const options of [1, { address: 'x' }, { port: -1 }, { port: 65536 }, { family: 'ipv5' }, { flowlabel: -1 }, { address: '::1' }]) {
  try {
    show(new net.SocketAddress(options));
  } catch (e) {
    console.log(e.name, e.code, e.message);
  }
}
