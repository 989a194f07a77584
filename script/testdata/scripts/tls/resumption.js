'use strict';
const { serve, connect, tell} = require('../secure');

// A client that keeps its session, and one that comes again with it.
function go(port, options, ended) {
  const socket = connect(port, options);
  let kept;
  socket.on('session', (session) => { kept ??= session; });
  socket.on('secureConnect', () => {
    tell('client', 'reused', socket.isSessionReused(), socket.authorized);
  });
  socket.on('data', (chunk) => {
    tell('client', 'data', chunk, Boolean(socket.getSession()), socket.getTLSTicket() !== null);
    socket.end();
  });
  socket.on('close', () => {
    if (!options.session) tell('client', 'session', Buffer.isBuffer(kept));
    ended(kept);
  });
}

const play = (maxVersion, next) => {
  tell('client', maxVersion);
  const server = serve({ maxVersion }, (port) => {
    go(port, {}, (session) => {
      go(port, { session }, () => {
        go(port, { session: Buffer.from('no session') }, () => {
          server.close(next);
        });
      });
    });
  }, (socket) => {
    tell('server', 'reused', socket.isSessionReused());
    socket.resume();
    socket.write('hello');
  });
};

play('TLSv1.2', () => play('TLSv1.3'));
