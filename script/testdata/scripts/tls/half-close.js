'use strict';
const { play, tell } = require('../secure');

(async () => {
  for (const maxVersion of ['TLSv1.2', 'TLSv1.3']) {
    await play(maxVersion, { maxVersion, allowHalfOpen: true }, { allowHalfOpen: true }, {
      client(socket) {
        socket.on('data', (chunk) => tell('client', 'data', chunk, socket.readyState));
        socket.on('secureConnect', () => socket.end('question'));
      },
      server(socket) {
        socket.on('data', (chunk) => tell('server', 'data', chunk));
        socket.on('end', () => {
          tell('server', socket.readyState, socket.writable);
          socket.write('answer');
          setTimeout(() => socket.end(' and more'), 10);
        });
      },
    });
    await play('the server ends first', { maxVersion }, {}, {
      client(socket) {
        socket.on('data', (chunk) => tell('client', 'data', chunk));
      },
      server(socket) {
        socket.end('bye');
        socket.resume();
      },
    });
  }
})();
