// Copyright 2026 The duplex authors. MIT license.

import http, { Agent, createServer, STATUS_CODES } from 'node:http';
import { connect, TLSSocket } from 'tls';
import { constants, createGzip } from 'node:zlib';
import * as dgram from 'dgram';
import * as web from 'node:stream/web';
import process, { argv } from 'process';
import { test } from 'node:test';

console.log(http.Agent === Agent, typeof createServer, STATUS_CODES[404], typeof connect, typeof TLSSocket, typeof createGzip, constants.Z_OK);
console.log(Object.keys(dgram), typeof web.ReadableStream, process === globalThis.process, argv === process.argv, typeof test);
