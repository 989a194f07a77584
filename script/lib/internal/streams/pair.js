// Copyright 2026 The duplex authors. MIT license.

// duplexPair: two Duplexes, each of which reads what the other writes.

'use strict';

const Duplex = require('internal/streams/duplex');

class Side extends Duplex {
  #other = null;
  #callback = null;

  join(other) {
    this.#other = other;
  }

  _read() {
    const callback = this.#callback;
    if (!callback) return;
    this.#callback = null;
    callback();
  }

  _write(chunk, encoding, callback) {
    if (chunk.length === 0) {
      process.nextTick(callback);
      return;
    }
    this.#other.push(chunk);
    this.#other.#callback = callback;
  }

  _final(callback) {
    this.#other.on('end', callback);
    this.#other.push(null);
  }
}
Object.defineProperty(Side, 'name', { value: 'DuplexSide' });

module.exports = function duplexPair(options) {
  const a = new Side(options);
  const b = new Side(options);
  a.join(b);
  b.join(a);
  return [a, b];
};
