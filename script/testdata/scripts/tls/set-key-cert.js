// A server chooses the certificate of one connection, by the protocol.
'use strict';
const tls = require('tls');
const { play, tell, certificates: { other, deep } } = require('../secure');

const shown = {
  client: (socket) => socket.on('secureConnect', () => {
    tell('client', socket.getPeerCertificate().subject.CN, socket.alpnProtocol);
    socket.end();
  }).resume(),
};
const options = {
  ALPNCallback({ protocols }) {
    tell('server', this instanceof tls.TLSSocket, protocols);
    if (protocols[0] === 'other') this.setKeyCert(other);
    if (protocols[0] === 'deep') this.setKeyCert(tls.createSecureContext(deep));
    return protocols[0];
  },
};

(async () => {
  for (const maxVersion of ['TLSv1.2', 'TLSv1.3']) {
    for (const name of ['other', 'deep', 'own']) {
      await play(`${name}, ${maxVersion}`, { ...options, maxVersion }, { ALPNProtocols: [name], rejectUnauthorized: false }, shown);
    }
  }
})();
