'use strict';
const tls = require('tls');
const net = require('net');
const { certificates: { server } } = require('../secure');

const tried = [
  () => tls.createServer(1),
  () => tls.createServer('text'),
  () => tls.createServer({ ALPNCallback() {}, ALPNProtocols: ['x'] }),
  () => tls.createServer({ SNICallback: 1 }),
  () => tls.createServer({ handshakeTimeout: '1' }),
  () => tls.createServer({}).addContext(''),
  () => tls.createServer({}).setTicketKeys('x'),
  () => tls.createServer({}).setTicketKeys(Buffer.alloc(1)),
  () => tls.createServer({}).setSecureContext(1),
  () => tls.convertALPNProtocols(['ok', 'x'.repeat(256)], {}),
  () => tls.connect({}),
  () => tls.connect({ port: 1, checkServerIdentity: 1 }),
  () => tls.connect({ port: 1, minDHSize: 'x' }),
  () => tls.connect({ port: 1, minDHSize: -1 }),
  () => tls.connect({ port: 100000 }),
  () => tls.connect({ port: 1, enableTrace: 1 }),
  () => new tls.TLSSocket(new net.Socket(), { secureContext: {} }),
  () => new tls.TLSSocket(new net.Socket(), { isServer: true, ...server }).setServername('x'),
  () => new tls.TLSSocket(new net.Socket()).setServername(1),
  () => new tls.TLSSocket(new net.Socket()).exportKeyingMaterial(8, 'label'),
  () => new tls.TLSSocket(new net.Socket()).exportKeyingMaterial(0, 'label'),
  () => new tls.TLSSocket(new net.Socket()).exportKeyingMaterial(8, 1),
  () => new tls.TLSSocket(new net.Socket()).exportKeyingMaterial(8, 'x', 'y'),
  () => new tls.TLSSocket(new net.Socket()).setMaxSendFragment('x'),
  () => new tls.TLSSocket(new net.Socket()).renegotiate(),
  () => new tls.TLSSocket(new net.Socket()).renegotiate({}, 1),
  () => new tls.TLSSocket(new net.Socket(), { isServer: true, ALPNCallback: 1 }),
  () => tls.Server({}) instanceof tls.Server,
  () => tls.SecureContext() instanceof tls.SecureContext,
];
for (const f of tried) {
  try {
    console.log(f());
  } catch (error) {
    console.log(error.name, error.code, error.message);
  }
}
process.exit();
