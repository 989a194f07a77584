'use strict';
const { serve, connect, tell } = require('../secure');

const server = serve({}, (port) => {
  const buffer = Buffer.alloc(8);
  let text = '';
  const socket = connect(port, {
    onread: {
      buffer,
      callback(size, filled) {
        text += filled.toString('latin1', 0, size);
        return true;
      },
    },
  });
  socket.on('end', () => tell('client', text, filledOf(buffer)));
  socket.on('close', () => server.close());
}, (socket) => socket.end('more than eight bytes'));
const filledOf = (buffer) => buffer.length;
