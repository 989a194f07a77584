// Versions and suites that the two sides do not have in common.
'use strict';
const { play, tell } = require('../secure');

(async () => {
  await play('the server is newer', { minVersion: 'TLSv1.3' }, { maxVersion: 'TLSv1.2' });
  await play('the client is newer', { maxVersion: 'TLSv1.2' }, { minVersion: 'TLSv1.3' });
  await play('by method', { secureProtocol: 'TLSv1_2_method' }, {}, {
    client: (socket) => socket.on('secureConnect', () => tell('client', socket.getProtocol(), socket.end() === socket)).resume(),
  });
  await play('no suite', { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256' }, { ciphers: 'ECDHE-ECDSA-AES256-GCM-SHA384' });
  for (const ciphers of ['ECDHE-ECDSA-AES256-GCM-SHA384', 'ECDHE-ECDSA-CHACHA20-POLY1305', 'ECDHE+AESGCM:!AES256', 'ECDHE:!AESGCM:!CHACHA20:!ARIA:!CAMELLIA:!SHA256:!SHA384:!AES256:!AESCCM']) {
    await play(ciphers, { maxVersion: 'TLSv1.2', ciphers }, { ciphers: 'ALL' }, {
      client: (socket) => socket.on('secureConnect', () => {
        tell('client', JSON.stringify(socket.getCipher()), JSON.stringify(socket.getEphemeralKeyInfo()));
        socket.end();
      }).resume(),
    });
  }
  await play('no certificate', { maxVersion: 'TLSv1.2', key: undefined, cert: undefined }, {});
  for (const ecdhCurve of ['prime256v1', 'P-384', 'secp521r1', 'X25519:P-256']) {
    await play(ecdhCurve, { ecdhCurve }, {}, {
      client: (socket) => socket.on('secureConnect', () => {
        tell('client', JSON.stringify(socket.getEphemeralKeyInfo()));
        socket.end();
      }).resume(),
    });
  }
})();
