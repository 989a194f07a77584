'use strict';
const { serve, connect, tell } = require('../secure');

function go(port, session) {
  return new Promise((resolve) => {
    let kept;
    const socket = connect(port, { session });
    socket.on('session', (one) => { kept = one; });
    socket.on('data', () => {
      tell('client', 'reused', socket.isSessionReused());
      socket.end();
    });
    socket.on('close', () => resolve(kept));
  });
}

const server = serve({ sessionTimeout: 2 }, async (port) => {
  const session = await go(port);
  await go(port, session);
  setTimeout(async () => {
    await go(port, session);
    server.close();
  }, 3500);
}, (socket) => socket.resume().write('x'));
