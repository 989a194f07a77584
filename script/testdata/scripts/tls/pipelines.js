'use strict';
const { pipeline } = require('stream/promises');
const { Readable } = require('stream');
const { text } = require('stream/consumers');
const { serve, connect, tell } = require('../secure');

const server = serve({}, async (port) => {
  const socket = connect(port);
  const [answer] = await Promise.all([text(socket), pipeline(Readable.from(['a', 'b', 'c'.repeat(100_000)]), socket)]);
  tell('client', answer.length, answer.slice(0, 4));
  const again = connect(port);
  again.setEncoding('utf8');
  again.end('é and more');
  let all = '';
  for await (const part of again) all += part;
  tell('client', all);
  server.close();
}, (socket) => pipeline(socket, async function* (source) {
  for await (const chunk of source) yield chunk.toString().toUpperCase();
}, socket));
