'use strict';
const { play, tell } = require('../secure');

(async () => {
  for (const maxVersion of ['TLSv1.2', 'TLSv1.3']) {
    const made = [];
    const make = (side, socket) => {
      made.push([
        socket.exportKeyingMaterial(32, 'EXPORTER-test'), socket.exportKeyingMaterial(32, 'EXPORTER-test', Buffer.from('context')),
        socket.exportKeyingMaterial(5, 'EXPORTER-other'),
      ]);
      if (made.length === 2) {
        const [one, two] = made;
        tell(side, one.map((p, i) => p.equals(two[i]) && p.length), one[0].equals(one[1]));
      }
    };
    await play(maxVersion, { maxVersion }, {}, {
      client: (socket) => socket.on('data', () => {
        make('both', socket);
        socket.end();
      }),
      server(socket) {
        make('both', socket);
        socket.write('x');
        socket.resume();
      },
    });
  }
})();
