// Copyright 2026 The duplex authors. MIT license.

// The client of server.js.

'use strict';

const net = require('net');
const tls = require('tls');
const { cases, said } = require('./cases');
const { authority } = require('../scripts/certificates');

let kept; // a session

function play(number) {
  const { name, version, size = 5, client: options = {}, keep, resume } = cases[number];
  return new Promise((resolve) => {
    const lines = [`${version} ${name}:`];
    const socket = net.connect(Number(process.env.PORT), '127.0.0.1', () => socket.write(`${number}\n`));
    socket.once('data', () => {
      const secure = tls.connect({
        socket, ca: authority.cert, servername: 'localhost', maxVersion: version, session: resume ? kept : undefined, ...options,
      });
      secure.on('secureConnect', () => {
        lines.push(`secure ${secure.getProtocol()} ${secure.authorized} ${secure.alpnProtocol} ${secure.isSessionReused()}`);
        if (name === 'a suite' && version === 'TLSv1.2') lines.push(secure.getCipher().name);
        if (name === 'a curve') lines.push(secure.getEphemeralKeyInfo().name);
        secure.write(Buffer.alloc(size, 'words'));
      });
      secure.on('session', (session) => {
        if (keep) kept = session;
      });
      let total = 0;
      secure.on('data', (chunk) => { total += chunk.length; });
      secure.on('end', () => lines.push(`end ${total}`));
      secure.on('error', (error) => lines.push(`error ${said(error)}`));
      secure.on('close', (hadError) => {
        lines.push(`close ${hadError}`);
        console.log(lines.join('\n  '));
        resolve();
      });
    });
  });
}

(async () => {
  for (let number = 0; number < cases.length; number++) await play(number);
})();
