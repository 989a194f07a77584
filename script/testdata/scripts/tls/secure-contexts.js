// What a context is made of, and what is wrong with it.
'use strict';
const tls = require('tls');
const { certificates: { server, client, rsa, sealed, pfx, legacy, authority } } = require('../secure');

const tried = {
  'nothing': undefined,
  'no certificate': { cert: 'x' },
  'a certificate in DER': { cert: Buffer.from('3003020101', 'hex') },
  'no key': { key: 'x' },
  'no authority': { ca: 'x' },
  'an authority that is a number': { ca: 1 },
  'no list': { crl: 'x' },
  'the key of another': { cert: server.cert, key: client.key },
  'the key of another kind': { cert: server.cert, key: rsa.key },
  'several': { key: [server.key, { pem: rsa.key }], cert: [server.cert, rsa.cert] },
  'a key alone': { key: server.key },
  'a certificate alone': { cert: server.cert },
  'a key as a number': { key: 1 },
  'a key under a wrong passphrase': { cert: server.cert, key: sealed, passphrase: 'x' },
  'a key under a passphrase that is missing': { cert: server.cert, key: sealed },
  'a key under a passphrase': { cert: server.cert, key: sealed, passphrase: 'secret' },
  'with its own': { cert: server.cert, key: [{ pem: sealed, passphrase: 'secret' }] },
  'a passphrase that is a number': { cert: server.cert, key: sealed, passphrase: 1 },
  'PKCS #12': { pfx, passphrase: 'secret' },
  'with a wrong passphrase': { pfx, passphrase: 'x' },
  'without': { pfx },
  'none': { pfx: 'x' },
  'several of it': { pfx: [{ buf: pfx, passphrase: 'secret' }] },
  'of older programs': { pfx: legacy, passphrase: 'secret' },
  'ciphers that are not known': { ciphers: 'no-such' },
  'no ciphers': { ciphers: '' },
  'nothing but a colon': { ciphers: ':' },
  'ciphers of TLS 1.3': { ciphers: 'TLS_AES_128_GCM_SHA256' },
  'ciphers that are a number': { ciphers: 1 },
  'a curve that is not known': { ecdhCurve: 'no' },
  'curves': { ecdhCurve: 'P-256:X25519:secp384r1' },
  'a curve that is a number': { ecdhCurve: 1 },
  'a version that is not known': { minVersion: 'TLSv9' },
  'another': { maxVersion: 3 },
  'versions in the wrong order': { minVersion: 'TLSv1.3', maxVersion: 'TLSv1.2' },
  'a version and a method': { minVersion: 'TLSv1.2', secureProtocol: 'TLSv1_2_method' },
  'a method that is not known': { secureProtocol: 'x' },
  'SSL 3': { secureProtocol: 'SSLv3_method' },
  'SSL 2': { secureProtocol: 'SSLv2_server_method' },
  'any': { secureProtocol: 'TLS_client_method' },
  'ticket keys that are short': { ticketKeys: Buffer.alloc(3) },
  'ticket keys that are text': { ticketKeys: 'x' },
  'ticket keys': { ticketKeys: Buffer.alloc(48) },
  'no algorithms': { sigalgs: '' },
  'algorithms that are a number': { sigalgs: 1 },
  'a time that is negative': { sessionTimeout: -1 },
  'options that are text': { secureOptions: 'x' },
  'a name that is a number': { sessionIdContext: 1 },
  'an engine that is a number': { clientCertEngine: 1 },
  'a key of no engine': { privateKeyIdentifier: 'x' },
};
for (const [name, options] of Object.entries(tried)) {
  try {
    console.log(name, '-', tls.createSecureContext(options));
  } catch (error) {
    console.log(name, '-', error.name, error.code, error.message, { ...error });
  }
}

const { context } = tls.createSecureContext({ cert: server.cert, ca: authority.cert, minVersion: 'TLSv1.2' });
console.log(context.getCertificate().equals(Buffer.from(server.cert.split('-----')[2], 'base64')));
console.log(context.getIssuer().equals(Buffer.from(authority.cert.split('-----')[2], 'base64')));
console.log(context.getMinProto(), context.getMaxProto());
console.log(tls.createSecureContext().context.getCertificate(), tls.createSecureContext().context.getIssuer());
