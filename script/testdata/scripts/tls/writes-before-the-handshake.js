// What is written early waits for the handshake, or fails with it.
'use strict';
const { play, tell } = require('../secure');

const written = (n) => (error) => tell('client', 'written', n, error?.code ?? '', error?.syscall ?? '');

(async () => {
  for (const version of ['TLSv1.2', 'TLSv1.3']) {
    await play(version, { maxVersion: version }, {}, {
      client(socket) {
        socket.write('one ', written(1));
        socket.write('two ', written(2));
        socket.end('three', written(3));
        socket.resume();
      },
      server(socket) {
        let text = '';
        socket.on('data', (chunk) => { text += chunk; });
        socket.on('end', () => tell('server', text));
      },
    });
    const other = version === 'TLSv1.2' ? 'TLSv1.3' : 'TLSv1.2';
    await play('in vain', { maxVersion: version, minVersion: version }, { maxVersion: other, minVersion: other }, {
      client(socket) {
        socket.write('one ', written(1));
        socket.write('two ', written(2));
        socket.on('error', (error) => tell('client', error.errno, Object.keys(error)));
      },
    });
    await play('for another', { maxVersion: version, silent: version === 'TLSv1.2' }, { servername: 'other.example' }, {
      client(socket) {
        socket.write('secret', written(1));
      },
      server(socket) {
        socket.on('data', (chunk) => tell('server', 'data', chunk));
      },
    });
  }
})();
