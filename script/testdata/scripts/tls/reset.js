'use strict';
const { play, tell } = require('../secure');

(async () => {
  for (const maxVersion of ['TLSv1.2', 'TLSv1.3']) {
    await play(maxVersion, { maxVersion }, {}, {
      client: (socket) => {
        socket.on('error', (error) => tell('client', error.errno, error.syscall, Object.keys(error)));
        socket.on('secureConnect', () => socket.write('reset me'));
        socket.resume();
      },
      server: (socket) => {
        try {
          socket.resetAndDestroy();
        } catch (error) {
          tell('server', error.name, error.code);
        }
        socket.on('data', (chunk) => {
          tell('server', 'data', chunk);
          socket._parent.resetAndDestroy();
        });
      },
    });
  }
})();
