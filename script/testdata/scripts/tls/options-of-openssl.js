'use strict';
const { constants } = require('crypto');
const { play, tell } = require('../secure');

const shown = {
  client: (socket) => socket.on('secureConnect', () => {
    tell('client', socket.getProtocol());
    socket.end();
  }).resume(),
};

(async () => {
  await play('not 1.3', { secureOptions: constants.SSL_OP_NO_TLSv1_3 }, {}, shown);
  await play('not 1.2', {}, { secureOptions: constants.SSL_OP_NO_TLSv1_2 }, shown);
  await play('neither', { secureOptions: constants.SSL_OP_NO_TLSv1_3 }, { secureOptions: constants.SSL_OP_NO_TLSv1_2 }, shown);
  await play('the lowest', { minVersion: 'TLSv1.3' }, {}, shown);
})();
