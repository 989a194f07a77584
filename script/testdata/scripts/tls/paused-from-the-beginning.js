'use strict';
const { play, tell } = require('../secure');

(async () => {
  for (const maxVersion of ['TLSv1.2', 'TLSv1.3']) {
    await play(maxVersion, { maxVersion, pauseOnConnect: true }, {}, {
      client(socket) {
        socket.pause();
        socket.on('data', (chunk) => tell('client', 'data', chunk));
        socket.on('secureConnect', () => {
          tell('client', socket.isPaused());
          socket.end('question');
          setTimeout(() => {
            tell('client', 'resumes');
            socket.resume();
          }, 20);
        });
      },
      server(socket) {
        tell('server', socket.isPaused(), socket.readableFlowing);
        socket.on('data', (chunk) => tell('server', 'data', chunk));
        socket.write('answer');
        setTimeout(() => socket.resume(), 20);
      },
    });
  }
})();
