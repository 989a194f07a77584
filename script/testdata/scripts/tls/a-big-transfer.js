// Eight megabytes each way, with a reader that pauses and a writer that waits for drain.
'use strict';
const { createHash } = require('crypto');
const { play, tell } = require('../secure');

const size = 8 << 20;
const chunk = Buffer.alloc(100_000, 'duplex');

function send(side, socket) {
  let left = size;
  let waits = 0;
  const hash = createHash('sha256');
  const more = () => {
    while (left > 0) {
      const part = chunk.subarray(0, Math.min(left, chunk.length));
      left -= part.length;
      hash.update(part);
      if (!socket.write(part) && left > 0) {
        waits++;
        socket.once('drain', more);
        return;
      }
    }
    socket.end();
    tell(side, 'sent', waits > 10, hash.digest('hex').slice(0, 16), socket.bytesWritten);
  };
  more();
}

function receive(side, socket) {
  let total = 0;
  let pauses = 0;
  const hash = createHash('sha256');
  socket.on('data', (part) => {
    total += part.length;
    hash.update(part);
    if (total > (pauses + 1) * 1_000_000) {
      pauses++;
      socket.pause();
      setTimeout(() => socket.resume(), 2);
    }
  });
  socket.on('end', () => tell(side, 'received', total, pauses, hash.digest('hex').slice(0, 16), socket.bytesRead));
}

(async () => {
  for (const maxVersion of ['TLSv1.2', 'TLSv1.3']) {
    await play(maxVersion, { maxVersion, allowHalfOpen: true }, { allowHalfOpen: true }, {
      client(socket) {
        receive('client', socket);
        socket.on('secureConnect', () => send('client', socket));
      },
      server(socket) {
        receive('server', socket);
        send('server', socket);
      },
    });
  }
})();
