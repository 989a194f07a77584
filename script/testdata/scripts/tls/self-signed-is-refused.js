// In TLS 1.2 a client of Node's refuses after its last message, and duplex before it; so the
// server is listed in TLS 1.3 only.
'use strict';
const { play, certificates: { self, expired, other, deep, intermediate, rsa, server, authority } } = require('../secure');

(async () => {
  for (const maxVersion of ['TLSv1.2', 'TLSv1.3']) {
    const silent = maxVersion === 'TLSv1.2';
    await play(`self-signed, ${maxVersion}`, { ...self, maxVersion, silent }, {});
    await play('expired', { ...expired, maxVersion, silent }, {});
    await play('without what stands between', { ...deep, maxVersion, silent }, {});
    await play('with it', { key: deep.key, cert: deep.cert + intermediate.cert, maxVersion, silent }, { servername: 'localhost' });
    await play('with it as ca', { key: deep.key, cert: deep.cert, ca: intermediate.cert, maxVersion, silent }, { servername: 'localhost' });
    await play('another authority', { maxVersion, silent }, { ca: self.cert });
    await play('no authority', { maxVersion, silent }, { ca: undefined });
    await play('the whole chain of another authority', { key: server.key, cert: server.cert + authority.cert, maxVersion, silent }, { ca: self.cert });
    await play('a trusted one between', { key: deep.key, cert: deep.cert, maxVersion, silent }, { ca: intermediate.cert, servername: 'localhost' });
    await play('trusted itself', { ...self, maxVersion, silent }, { ca: self.cert });
    await play('rsa', { ...rsa, maxVersion, silent }, { servername: 'localhost' });
    await play('another host', { ...other, maxVersion, silent }, { servername: 'localhost' });
    await play('anything', { ...other, maxVersion, silent }, { servername: 'localhost', rejectUnauthorized: false });
  }
})();
