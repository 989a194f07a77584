'use strict';
const { play, tell } = require('../secure');

(async () => {
  for (const maxVersion of ['TLSv1.2', 'TLSv1.3']) {
    await play(`without an error, ${maxVersion}`, { maxVersion }, {}, {
      client: (socket) => socket.on('data', () => {
        socket.destroy();
        tell('client', socket.destroyed, socket.encrypted, socket.authorized, socket.ssl === null);
      }),
      server: (socket) => socket.resume().write('hello'),
    });
    await play('with one', { maxVersion }, {}, {
      client: (socket) => socket.on('data', () => socket.destroy(new Error('enough'))),
      server: (socket) => socket.resume().write('hello'),
    });
    await play('by the server', { maxVersion }, {}, {
      client: (socket) => socket.on('secureConnect', () => socket.write('hello')).resume(),
      server: (socket) => socket.on('data', () => socket.destroy()),
    });
    await play('soon', { maxVersion }, {}, {
      client: (socket) => socket.on('secureConnect', () => {
        socket.write('last words');
        socket.destroySoon();
      }),
      server: (socket) => socket.on('data', (chunk) => tell('server', 'data', chunk)),
    });
  }
})();
