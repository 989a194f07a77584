// TLS over streams that are no sockets, at both ends.
'use strict';
const { Duplex } = require('stream');
const tls = require('tls');
const { tell, watch, said, certificates: { server, authority } } = require('../secure');

// pair returns two streams: what is written to one is read from the other.
function pair() {
  const ends = [0, 1].map((i) => new Duplex({
    read() {},
    write(chunk, encoding, callback) {
      ends[1 - i].push(chunk);
      callback();
    },
    allowHalfOpen: false,
    final(callback) {
      ends[1 - i].push(null);
      callback();
    },
  }));
  return ends;
}

const [near, far] = pair();
watch('stream of the client', near, 'end', 'close');
watch('stream of the server', far, 'end', 'close');
const accepted = new tls.TLSSocket(far, { isServer: true, ...server });
watch('server', accepted, 'secure', 'end', 'error', 'close');
let text = '';
accepted.on('data', (chunk) => { text += chunk; });
accepted.on('end', () => tell('server', text.length, text.slice(0, 5)));
accepted.on('secure', () => accepted.write('hello'));

const socket = tls.connect({ socket: near, ca: authority.cert, servername: 'localhost' }, () => {
  tell('client', socket.authorized, socket.remoteAddress, socket.getProtocol());
});
watch('client', socket, 'secureConnect', 'data', 'end', 'close');
socket.on('error', (error) => tell('client', said(error)));
socket.once('data', () => {
  socket.write('one, ');
  socket.end('x'.repeat(200_000));
});
