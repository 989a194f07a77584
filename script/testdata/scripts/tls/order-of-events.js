// A connection from its beginning to its end, in both versions.
'use strict';
const { play, tell } = require('../secure');

(async () => {
  for (const version of ['TLSv1.2', 'TLSv1.3']) {
    await play(version, { maxVersion: version }, {}, {
      client(socket) {
        for (const event of ['lookup', 'ready', 'secure', 'finish', 'prefinish']) socket.on(event, () => tell('client', event));
        socket.on('data', (chunk) => tell('client', 'data', chunk));
        socket.on('secureConnect', () => {
          tell('client', socket.getProtocol(), socket.authorized);
          socket.write('one ');
          socket.end('two');
        });
      },
      server(socket) {
        let text = '';
        for (const event of ['finish', 'prefinish']) socket.on(event, () => tell('server', event));
        socket.on('data', (chunk) => { text += chunk; });
        socket.on('end', () => {
          tell('server', text);
          socket.write('hello');
        });
      },
    });
  }
})();
