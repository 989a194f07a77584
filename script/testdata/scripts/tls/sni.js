'use strict';
const tls = require('tls');
const { serve, connect, tell, certificates: { self, other, deep } } = require('../secure');

const options = {
  SNICallback(name, callback) {
    tell('server', 'asked for', name);
    if (name === 'error.example') callback(new Error('no such name'));
    else if (name === 'throw.example') throw new Error('thrown');
    else if (name === 'late.example') setTimeout(callback, 5, null, tls.createSecureContext(deep));
    else if (name === 'raw.example') callback(null, tls.createSecureContext(other).context);
    else if (name === 'wrong.example') callback(null, {});
    else callback(null, undefined);
  },
};

function go(port, servername) {
  return new Promise((resolve) => {
    tell('client', servername);
    const socket = connect(port, { servername, rejectUnauthorized: false });
    socket.on('secureConnect', () => {
      tell('client', socket.getPeerCertificate().subject.CN, socket.servername);
      socket.end();
    }).on('close', resolve).resume();
  });
}

const connected = (socket) => {
  tell('server', socket.servername, socket.getCertificate().subject.CN);
  socket.resume();
};

const contexts = serve({}, async (port) => {
  contexts.addContext('a.example', other);
  contexts.addContext('*.wild.example', other);
  contexts.addContext('b.a.example', tls.createSecureContext(self));
  contexts.addContext('a.example', deep);
  for (const name of ['a.example', 'b.a.example', 'x.wild.example', 'x.y.wild.example', 'wild.example', 'none', undefined]) await go(port, name);
  contexts.close();
  const callback = serve(options, async (port) => {
    for (const name of ['late.example', 'raw.example', 'none.example', 'error.example', 'throw.example', undefined]) await go(port, name);
    callback.close();
  }, connected);
}, connected);
