'use strict';
const { play, tell } = require('../secure');

const answers = {
  'an answer': (callback) => callback(null, Buffer.from('what OCSP says')),
  'later': (callback) => setTimeout(callback, 5, null, Buffer.from('later')),
  'nothing': (callback) => callback(null, null),
  'an error': (callback) => callback(new Error('of OCSP')),
};

(async () => {
  for (const [name, answer] of Object.entries(answers)) {
    await play(name, {}, { requestOCSP: true }, {
      client(socket, server) {
        server.on('OCSPRequest', (certificate, issuer, callback) => {
          tell('server', 'OCSPRequest', Buffer.isBuffer(certificate), issuer);
          answer(callback);
        });
        socket.on('OCSPResponse', (response) => tell('client', 'OCSPResponse', response));
        socket.on('secureConnect', () => socket.end()).resume();
      },
    });
  }
})();
