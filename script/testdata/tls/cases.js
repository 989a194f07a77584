// Copyright 2026 The duplex authors. MIT license.

// What the server and the client of this folder do with each connection.

'use strict';

const { authority, client, self } = require('../scripts/certificates');

const asks = { requestCert: true, rejectUnauthorized: true, ca: authority.cert };
const all = [
  { name: 'words' },
  { name: 'megabytes', size: 3_000_000 },
  { name: 'protocols', server: { ALPNProtocols: ['b', 'a'] }, client: { ALPNProtocols: ['a', 'b'] } },
  { name: 'no protocol in common', server: { ALPNProtocols: ['b'] }, client: { ALPNProtocols: ['a'] } },
  { name: 'a certificate of the client', server: asks, client },
  { name: 'a bad one', server: { ...asks, rejectUnauthorized: false }, client: self },
  { name: 'none', server: asks },
  { name: 'a first session', keep: true },
  { name: 'a session again', resume: true },
  { name: 'a suite', server: { ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256' }, client: { ciphers: 'AESGCM' } },
  { name: 'a curve', server: { ecdhCurve: 'P-384' } },
  { name: 'another host', client: { servername: 'other.example' }, refused: true }, // in TLS 1.2 earlier than by Node
];

exports.cases = ['TLSv1.2', 'TLSv1.3'].flatMap((version) => all.map((one) => ({ ...one, version })));

// said is what counts of an error.
exports.said = (error) => `${error.code} ${error.reason ?? error.message}`;
