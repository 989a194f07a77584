// Copyright 2026 The duplex authors. MIT license.

// A server and a client of TLS in one script: each has a list of what it was told.

'use strict';

const tls = require('tls');
const { tell, watch } = require('./sides');
const certificates = require('./certificates');

// said is what counts of an error, without the thread of OpenSSL's messages and ports.
function said({ code, library, reason, message }) {
  const text = message.trim().replace(/\b[0-9A-F]{16}:error/, 'error').replace(/(\d\.\d\.\d\.\d):\d+/g, '$1:PORT');
  return [code, library, reason, text].filter((word) => word !== undefined).join(' | ');
}

// serve listens with the certificate of server, and calls ready with the port. What it is
// told is not listed if options are silent.
function serve(options, ready, connected = () => {}) {
  const server = tls.createServer({ ...certificates.server, ...options }, (socket) => {
    socket.on('error', (error) => options.silent || tell('server', 'error', said(error)));
    if (!options.silent) {
      tell('server', 'secureConnection', socket.authorized, socket.authorizationError);
      watch('server', socket, 'end', 'close');
    }
    connected(socket);
  });
  server.on('tlsClientError', (error) => options.silent || tell('server', 'tlsClientError', said(error)));
  server.listen(0, '127.0.0.1', () => ready(server.address().port, server));
  return server;
}

// connect connects a client that trusts the authority.
function connect(port, options = {}) {
  const socket = tls.connect({ port, host: '127.0.0.1', ca: certificates.authority.cert, ...options });
  watch('client', socket, 'connect', 'secureConnect', 'end', 'close');
  socket.on('error', (error) => tell('client', 'error', said(error)));
  return socket;
}

const sides = {
  client: (socket) => socket.on('secureConnect', () => socket.end()).resume(),
  server: (socket) => socket.resume(),
};

// play has a client connect to a server, and resolves when both have closed. The client
// ends when it is secure, unless client does otherwise.
function play(title, serverOptions, clientOptions, { client = sides.client, server = sides.server } = {}) {
  tell('client', `-- ${title}`);
  tell('server', `-- ${title}`);
  return new Promise((resolve) => {
    const listening = serve(serverOptions, (port) => {
      const socket = connect(port, clientOptions);
      client(socket, listening);
      socket.on('close', () => listening.close(() => setTimeout(resolve, 5)));
    }, server);
  });
}

// heard is for a client that the server turns away after secureConnect: if the client ended
// then, too, chance would say whether an end or a reset comes first.
const heard = { client: (socket) => socket.resume() };

module.exports = { tell, watch, said, serve, connect, play, heard, certificates };
