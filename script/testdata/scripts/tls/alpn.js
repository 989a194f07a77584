'use strict';
const { play, tell } = require('../secure');

const sides = {
  client(socket) {
    socket.on('secureConnect', () => {
      tell('client', 'protocol', socket.alpnProtocol);
      socket.end();
    }).resume();
  },
  server(socket) {
    tell('server', 'protocol', socket.alpnProtocol);
    socket.resume();
  },
};

(async () => {
  for (const maxVersion of ['TLSv1.2', 'TLSv1.3']) {
    const go = (title, server, client) => play(`${title}, ${maxVersion}`, { maxVersion, ...server }, client, sides);
    await go('the first of the server', { ALPNProtocols: ['a', 'b'] }, { ALPNProtocols: ['c', 'b', 'a'] });
    await go('a Buffer', { ALPNProtocols: Buffer.from('\x02h2\x08http/1.1') }, { ALPNProtocols: ['http/1.1'] });
    await go('none in common', { ALPNProtocols: ['a'] }, { ALPNProtocols: ['b'] });
    await go('none in common but HTTP', { ALPNProtocols: ['h2'] }, { ALPNProtocols: ['http/1.1'] });
    await go('only the client', {}, { ALPNProtocols: ['b'] });
    await go('only the server', { ALPNProtocols: ['a'] }, {});
    const callback = (choose) => ({
      ALPNCallback({ servername, protocols }) {
        tell('server', 'asked', servername, protocols);
        return choose(protocols);
      },
    });
    await go('a callback', callback((list) => list[1]), { ALPNProtocols: ['x', 'y'], servername: 'localhost' });
    await go('a callback that refuses', callback(() => undefined), { ALPNProtocols: ['x', 'y'] });
    await go('a callback with its own idea', callback(() => 'z'), { ALPNProtocols: ['x', 'y'] });
    await go('a callback for nothing', callback(() => 'z'), {});
  }
})();
