// Copyright 2026 The duplex authors. MIT license.

// readline with callbacks.

'use strict';

const { validateAbortSignal } = require('internal/validators');
const base = require('internal/readline/interface');
const { typeDumb } = require('internal/readline/editor');
const { emitKeypressEvents } = require('internal/readline/keys');
const screen = require('internal/readline/screen');

// A completer of one argument returns what others pass to a callback.
function withCallback(completer) {
  if (typeof completer !== 'function' || completer.length === 2) return completer;
  return (text, callback) => callback(null, completer(text));
}

function Interface(input, output, completer, terminal) {
  if (!(this instanceof Interface)) return new Interface(input, output, completer, terminal);
  if (input?.input) {
    if (typeof input.completer === 'function' && input.completer.length !== 2) input = { ...input, completer: withCallback(input.completer) };
  } else {
    completer = withCallback(completer);
  }
  base.Interface.call(this, input, output, completer, terminal);
  if (process.env.TERM === 'dumb') this._ttyWrite = (s, key) => typeDumb(this, s, key);
}
Object.setPrototypeOf(Interface.prototype, base.Interface.prototype);
Object.setPrototypeOf(Interface, base.Interface);

// What has an underscore is found here, where scripts replace it.
for (const [name, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(base.Interface.prototype))) {
  if (name.startsWith('_')) Object.defineProperty(Interface.prototype, name, descriptor);
}

Interface.prototype.question = function question(query, options, callback) {
  callback = typeof options === 'function' ? options : callback;
  const signal = typeof options === 'object' ? options?.signal : undefined;
  if (signal) {
    validateAbortSignal(signal, 'options.signal');
    if (signal.aborted) return;
    const forget = base.whileOpen(this, signal);
    const given = callback;
    callback = typeof given === 'function' ? (line) => {
      forget();
      return given(line);
    } : forget;
  }
  if (typeof callback === 'function') base.ask(this, query, callback);
};
Object.defineProperty(Interface.prototype.question, Symbol.for('nodejs.util.promisify.custom'), {
  value(query, options) {
    return base.answer(this, query, options);
  },
});

Interface.prototype._tabComplete = function (again) {
  this.pause();
  this.completer(this.line.slice(0, this.cursor), (error, value) => {
    this.resume();
    if (error) this._writeToOutput(`Tab completion error: ${require('internal/inspect').inspect(error)}`);
    else this._tabCompleter(again, value);
  });
};

Object.assign(exports, {
  Interface,
  clearLine: screen.clearLine,
  clearScreenDown: screen.clearScreenDown,
  createInterface: function createInterface(input, output, completer, terminal) {
    return new Interface(input, output, completer, terminal);
  },
  cursorTo: screen.cursorTo,
  emitKeypressEvents,
  moveCursor: screen.moveCursor,
});
Object.defineProperty(exports, 'promises', { configurable: true, enumerable: true, get: () => require('readline/promises') });
