// getPeerCertificate and its kin.
'use strict';
const { serve, connect, tell, certificates: { rsa, client, authority, deep, intermediate } } = require('../secure');
const { inspect } = require('util');

const shown = (certificate) => inspect(certificate, { depth: 5, breakLength: 100 });

function go(serverOptions, clientOptions, next) {
  const server = serve(serverOptions, (port) => {
    const socket = connect(port, { servername: 'localhost', ...clientOptions });
    socket.on('secureConnect', () => {
      tell('client', shown(socket.getPeerCertificate()));
      const detailed = socket.getPeerCertificate(true);
      for (let c = detailed, depth = 0; c && depth < 5; depth++, c = c.issuerCertificate === c ? undefined : c.issuerCertificate) {
        tell('client', depth, c.subject.CN, Object.keys(c));
      }
      tell('client', socket.getCertificate().subject?.CN, Object.keys(socket.getCertificate()).length);
      tell('client', socket.getPeerX509Certificate().subject, socket.getX509Certificate()?.subject);
      socket.end();
    }).resume().on('close', () => server.close(next));
  }, (socket) => {
    tell('server', shown(socket.getPeerCertificate(true)));
    tell('server', socket.getCertificate().subject.CN, socket.getX509Certificate().subject);
    socket.resume();
  });
}

go({ ...rsa, requestCert: true, ca: authority.cert }, client, () => {
  go({ key: deep.key, cert: deep.cert + intermediate.cert }, {});
});
