'use strict';
const { play, heard, tell, certificates: { authority, client, self, server } } = require('../secure');

const peer = (socket) => {
  tell('server', socket.getPeerCertificate().subject?.CN, socket.getPeerX509Certificate()?.subject);
  socket.resume();
};

(async () => {
  for (const maxVersion of ['TLSv1.2', 'TLSv1.3']) {
    const asks = { requestCert: true, ca: authority.cert, maxVersion };
    await play(`good, ${maxVersion}`, asks, client, { server: peer });
    await play('bad', asks, self, { ...heard, server: peer });
    await play('for servers', asks, server, { ...heard, server: peer });
    await play('missing', asks, {}, { ...heard, server: peer });
    const lax = { ...asks, rejectUnauthorized: false };
    await play('good, though any will do', lax, client, { server: peer });
    await play('bad, which will do', lax, self, { server: peer });
    await play('missing, which will do', lax, {}, { server: peer });
    await play('not asked for', { maxVersion }, client, { server: peer });
  }
})();
