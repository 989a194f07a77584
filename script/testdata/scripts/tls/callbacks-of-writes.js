'use strict';
const { play, tell } = require('../secure');

(async () => {
  for (const maxVersion of ['TLSv1.2', 'TLSv1.3']) {
    await play(maxVersion, { maxVersion }, {}, {
      client(socket) {
        socket.on('secureConnect', () => {
          socket.write('a', () => tell('client', 'a is written', socket.bytesWritten));
          socket.write(Buffer.from('b'), () => tell('client', 'b is written'));
          socket.write('63', 'hex', () => tell('client', 'c is written'));
          socket.cork();
          socket.write('d');
          socket.write('é', 'latin1');
          socket.uncork();
          socket.write('', () => tell('client', 'nothing is written'));
          tell('client', socket.writableLength > 0, socket.bytesWritten);
          socket.end('f', () => tell('client', 'all is written', socket.writableLength));
          socket.write('g', (error) => tell('client', 'too late', error.code));
        });
        socket.resume();
      },
      server(socket) {
        const all = [];
        socket.on('data', (chunk) => all.push(chunk));
        socket.on('end', () => tell('server', Buffer.concat(all).toString('latin1'), socket.bytesRead));
      },
    });
  }
})();
