// Copyright 2026 The duplex authors. MIT license.

// Questions for promises.

'use strict';

const base = require('internal/readline/interface');
const screen = require('internal/readline/screen');

class Interface extends base.Interface {
  question(query, options = {}) {
    return base.answer(this, query, options);
  }
}
exports.Interface = Interface;

Object.defineProperty(Interface.prototype, '_tabComplete', {
  async value(again) {
    this.pause();
    let value;
    try {
      value = await this.completer(this.line.slice(0, this.cursor));
    } catch (error) {
      require('internal/stack').mend(error);
      this._writeToOutput(`Tab completion error: ${require('internal/inspect').inspect(error)}`);
      return;
    } finally {
      this.resume();
    }
    this._tabCompleter(again, value);
  },
  writable: true,
  configurable: true,
});

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
    return this.#add((stream) => screen.clearLine(stream, dir));
  }

  clearScreenDown() {
    return this.#add((stream) => screen.clearScreenDown(stream));
  }

  cursorTo(x, y) {
    return this.#add((stream) => screen.cursorTo(stream, x, y));
  }

  moveCursor(dx, dy) {
    return this.#add((stream) => screen.moveCursor(stream, dx, dy));
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
