'use strict';
const { play, tell, certificates: { server, sealed, pfx, rsa, authority } } = require('../secure');

const shown = {
  client: (socket) => socket.on('secureConnect', () => {
    tell('client', socket.getPeerCertificate().subject.CN);
    socket.end();
  }).resume(),
};

(async () => {
  await play('PEM', { key: sealed, passphrase: 'secret' }, {}, shown);
  await play('PKCS #12', { key: undefined, cert: undefined, pfx, passphrase: 'secret' }, {}, shown);
  await play('of a client', { requestCert: true, ca: authority.cert, rejectUnauthorized: false }, { pfx, passphrase: 'secret' }, shown);
  await play('two kinds', { key: [rsa.key, server.key], cert: [rsa.cert, server.cert] }, { servername: 'localhost' }, shown);
})();
