// Copyright 2026 The duplex authors. MIT license.

// All that a stream has, in one piece.

'use strict';

const { Buffer, Blob } = require('buffer');

async function pieces(stream) {
  const all = [];
  const iterator = (stream[Symbol.asyncIterator] ?? stream[Symbol.iterator]).call(stream);
  for (;;) {
    const { value, done } = await iterator.next();
    if (done) return all;
    all.push(await value);
  }
}

async function text(stream) {
  const decoder = new TextDecoder();
  let found = '';
  for (const piece of await pieces(stream)) found += typeof piece === 'string' ? piece : decoder.decode(piece, { stream: true });
  return found + decoder.decode();
}

async function arrayBuffer(stream) {
  return (await blob(stream)).arrayBuffer();
}

async function blob(stream) {
  return new Blob(await pieces(stream));
}

async function buffer(stream) {
  return Buffer.from(await arrayBuffer(stream));
}

async function json(stream) {
  return JSON.parse(await text(stream));
}

module.exports = { arrayBuffer, blob, buffer, text, json };
