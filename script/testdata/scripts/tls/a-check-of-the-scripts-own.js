'use strict';
const { play, tell, certificates: { other } } = require('../secure');

const check = (answer) => ({
  checkServerIdentity(host, certificate) {
    tell('client', 'checks', host, certificate.subject.CN, certificate.issuerCertificate.subject.CN);
    return answer();
  },
});

(async () => {
  await play('accepts', other, check(() => undefined));
  await play('by another name', other, { ...check(() => undefined), servername: 'any.example' });
  await play('refuses', other, check(() => new Error('not this one')));
  await play('refuses, which is ignored', other, { ...check(() => Object.assign(new Error('not this one'), { code: 'MINE' })), rejectUnauthorized: false }, {
    client: (socket) => socket.on('secureConnect', () => {
      tell('client', socket.authorized, socket.authorizationError);
      socket.end();
    }).resume(),
  });
  await play('is not asked about a bad one', other, { ...check(() => undefined), ca: other.cert });
})();
