'use strict';
const { play, heard, certificates: { authority, client, empty, revoked } } = require('../secure');

(async () => {
  const asks = { requestCert: true, ca: authority.cert };
  await play('no list of the kind', { ...asks, crl: empty }, client);
  await play('revoked', { ...asks, crl: revoked }, client, heard);
  await play('revoked, which will do', { ...asks, crl: [revoked], rejectUnauthorized: false }, client);
  await play('a list of the client', asks, { ...client, crl: revoked });
})();
