'use strict';
const findPort = require('../port');
const { serve, connect, tell } = require('../secure');

const server = serve({}, async (port) => {
  const go = (addresses, at = port) => new Promise((resolve) => {
    const socket = connect(at, {
      host: 'localhost', servername: 'localhost', autoSelectFamily: true,
      lookup: (host, options, callback) => callback(null, addresses),
    });
    socket.on('connectionAttempt', (address, _, family) => tell('client', 'attempt', address, family));
    socket.on('connectionAttemptFailed', (address, _, family, error) => tell('client', 'failed', address, family, error.code));
    socket.on('error', (error) => tell('client', error.constructor.name, error.code, error.errors?.length));
    socket.on('secureConnect', () => {
      tell('client', socket.authorized, socket.remoteAddress, socket.autoSelectFamilyAttemptedAddresses?.length);
      socket.end();
    });
    socket.on('close', resolve);
    socket.resume();
  });
  await go([{ address: '::1', family: 6 }, { address: '127.0.0.1', family: 4 }]);
  await go([{ address: '127.0.0.1', family: 4 }]);
  server.close();
  findPort((closed) => go([{ address: '::1', family: 6 }, { address: '127.0.0.1', family: 4 }], closed));
}, (socket) => socket.resume());
