'use strict';
const tls = require('tls');
const findPort = require('../port');
const { tell, watch, said } = require('../secure');

const lookup = (host, options, callback) => callback(Object.assign(new Error(`no ${host}`), { code: 'ENOTFOUND' }));

findPort(async (port) => {
  for (const options of [{ port, host: '127.0.0.1' }, { path: '/no/such/socket' }, { host: 'nowhere.example', port: 1, lookup }]) {
    await new Promise((resolve) => {
      const socket = tls.connect(options);
      tell('client', socket.connecting, socket.pending);
      watch('client', socket, 'connect', 'secureConnect', 'end', 'close');
      socket.on('error', (error) => tell('client', said(error).replace(/:\d+/, ':PORT'), Object.keys(error), error.syscall, error.errno));
      socket.write('early', (error) => tell('client', 'written', error?.code));
      socket.on('close', resolve);
    });
  }
  const controller = new AbortController();
  const socket = tls.connect({ port, host: '127.0.0.1', signal: controller.signal });
  controller.abort();
  watch('aborted', socket, 'close');
  socket.on('error', (error) => tell('aborted', error.name, error.code));
});
