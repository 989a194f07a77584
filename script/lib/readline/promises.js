// Copyright 2026 The duplex authors. MIT license.

// Questions for promises.

'use strict';

const readline = require('readline');

const answer = readline[Symbol.for('duplex.readline.answer')];

class Interface extends readline.Interface {
  question(query, options = {}) {
    return answer(this, query, options);
  }
}
exports.Interface = Interface;

// A Readline collects what to do with a terminal and then does it at once.
class Readline {
  #stream;
  #autoCommit;
  #todo = [];

  constructor(stream, { autoCommit = false } = {}) {
    this.#stream = stream;
    this.#autoCommit = autoCommit;
  }

  #add(act) {
    if (this.#autoCommit) process.nextTick(() => act(this.#stream));
    else this.#todo.push(act);
    return this;
  }

  clearLine(dir) {
    return this.#add((stream) => readline.clearLine(stream, dir));
  }

  clearScreenDown() {
    return this.#add((stream) => readline.clearScreenDown(stream));
  }

  cursorTo(x, y) {
    return this.#add((stream) => readline.cursorTo(stream, x, y));
  }

  moveCursor(dx, dy) {
    return this.#add((stream) => readline.moveCursor(stream, dx, dy));
  }

  commit() {
    const written = [];
    for (const act of this.#todo) act({ write: (text) => written.push(text) });
    this.#todo = [];
    return new Promise((resolve) => this.#stream.write(written.join(''), () => resolve()));
  }

  rollback() {
    this.#todo = [];
    return this;
  }
}
exports.Readline = Readline;

exports.createInterface = function createInterface(input, output, completer, terminal) {
  return new Interface(input, output, completer, terminal);
};
