// Sessions of one server are resumed by another that has its keys.
'use strict';
const { serve, connect, tell } = require('../secure');

const say = (socket) => socket.resume().write('x');
const go = (port, session) => new Promise((resolve) => {
  let kept;
  const socket = connect(port, { session });
  socket.on('session', (one) => { kept = one; });
  socket.on('data', () => {
    tell('client', 'reused', socket.isSessionReused());
    socket.end();
  });
  socket.on('close', () => resolve(kept));
});

const first = serve({}, (port) => {
  const keys = first.getTicketKeys();
  tell('server', Buffer.isBuffer(keys), keys.length);
  const second = serve({ ticketKeys: keys }, async (other) => {
    tell('server', second.getTicketKeys().equals(keys));
    const session = await go(port);
    await go(other, session);
    second.setTicketKeys(Buffer.alloc(48, 7));
    await go(other, session);
    tell('server', second.getTicketKeys().toString('hex').slice(0, 8));
    first.close();
    second.close();
  }, say);
}, say);
