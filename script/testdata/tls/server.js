// Copyright 2026 The duplex authors. MIT license.

// A server that is told in plain text which case comes next, and begins TLS after it.

'use strict';

const net = require('net');
const tls = require('tls');
const { cases, said } = require('./cases');
const { server: own } = require('../scripts/certificates');

const contexts = {}; // by version, so that sessions are resumed
const reports = []; // by case: the next one may end before the server's side of the last
let over = 0;
const server = net.createServer((socket) => {
  socket.once('data', (line) => {
    const number = parseInt(line, 10);
    const { name, version, size = 5, server: options = {}, refused } = cases[number];
    const lines = [`${version} ${name}:`];
    const context = Object.keys(options).length > 0 ? { ...own, ...options, maxVersion: version } :
      { secureContext: contexts[version] ??= tls.createSecureContext({ ...own, maxVersion: version }) };
    socket.write('go\n');
    const secure = new tls.TLSSocket(socket, { isServer: true, allowHalfOpen: true, ...options, ...context });
    secure.on('secure', () => {
      lines.push(`secure ${secure.getProtocol()} ${secure.isSessionReused() || secure.servername} ${secure.alpnProtocol} ${secure.isSessionReused()}`);
      if (options.requestCert) lines.push(`${secure.ssl.verifyError()?.code} ${secure.getPeerCertificate().subject?.CN}`);
    });
    let total = 0;
    secure.on('data', (chunk) => {
      total += chunk.length;
      if (total === size) secure.end(Buffer.alloc(size, 'answer'));
    });
    secure.on('end', () => lines.push(`end ${total}`));
    secure.on('error', (error) => lines.push(`error ${said(error)}`));
    secure.on('close', () => {
      reports[number] = refused ? lines[0] : lines.join('\n  ');
      if (++over < cases.length) return;
      console.log(reports.join('\n'));
      server.close();
    });
  });
});
server.listen(Number(process.env.PORT), '127.0.0.1', () => console.log(`server listening 127.0.0.1:${server.address().port}`));
