'use strict';
const net = require('net');
const { connect, tell } = require('../secure');

const answers = {
  text: (socket) => socket.end('220 hello there\r\n'),
  end: (socket) => socket.end(),
  reset: (socket) => socket.resetAndDestroy(),
};

(async () => {
  for (const [name, answer] of Object.entries(answers)) {
    for (const early of [false, true]) {
      await new Promise((resolve) => {
        const server = net.createServer((socket) => {
          socket.on('error', () => {});
          socket.once('data', () => answer(socket));
        }).listen(0, '127.0.0.1', () => {
          tell('client', name, early);
          const socket = connect(server.address().port);
          socket.on('error', (error) => tell('client', Object.keys(error), error.errno, error.syscall, error.host, typeof error.port));
          if (early) socket.write('early', (error) => tell('client', 'written', error?.code));
          socket.on('close', () => server.close(resolve));
        });
      });
    }
  }
})();
