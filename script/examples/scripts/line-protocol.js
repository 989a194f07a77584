// Copyright 2026 The duplex authors. MIT license.

// A store that is asked in lines: SET key value, GET key, DEL key, QUIT. TCP carries
// bytes and knows of no lines, so a Transform makes lines of the pieces that come,
// however they were cut.
//
//	duplex-run line-protocol.js [PORT]

'use strict';

const net = require('net');
const { Transform, pipeline } = require('stream');

class Lines extends Transform {
  #rest = '';

  constructor() {
    super({ readableObjectMode: true, decodeStrings: false });
  }

  _transform(text, encoding, callback) {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop(); // no end of line yet
    for (const line of lines) this.push(line.trimEnd());
    callback();
  }
}

const store = new Map();

const commands = {
  SET(key, ...words) {
    store.set(key, words.join(' '));
    return 'OK';
  },
  GET: (key) => (store.has(key) ? `VALUE ${store.get(key)}` : 'NONE'),
  DEL: (key) => (store.delete(key) ? 'OK' : 'NONE'),
};

// answers is an async generator, one answer for each line: pipeline asks for the
// next only when the socket has room for it.
async function* answers(lines) {
  for await (const line of lines) {
    const [command, ...words] = line.split(' ');
    if (command === 'QUIT') return;
    const run = Object.hasOwn(commands, command) ? commands[command] : () => `ERROR no command ${command}`;
    yield `${run(...words)}\n`;
  }
}

const server = net.createServer((socket) => {
  socket.setEncoding('utf8');
  pipeline(socket, new Lines(), answers, socket, (error) => {
    if (error) console.log(error.message);
  });
});
server.listen(Number(process.argv[2] ?? 6668), '127.0.0.1', () => {
  console.log('listening', server.address().port);
});
