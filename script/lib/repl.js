// Copyright 2026 The duplex authors. MIT license.

'use strict';

const { Interface } = require('readline');
const { inspect } = require('util');
const { absent } = require('internal/absent');

const repl = absent('repl', 'read lines with readline, or run the script with node');

function writer(value) {
  return inspect(value, writer.options);
}
writer.options = { ...inspect.defaultOptions, showProxy: true };

// Recoverable is the error of a line that the next one may complete.
class Recoverable extends SyntaxError {
  constructor(error) {
    super();
    this.err = error;
  }
}

module.exports = {
  ...repl.functions('start'),
  writer,
  REPLServer: repl.type('REPLServer', Interface,
    'setupHistory clearBufferedCommand close createContext resetContext displayPrompt setPrompt complete completeOnEditorMode defineCommand'),
  REPL_MODE_SLOPPY: Symbol('repl-sloppy'),
  REPL_MODE_STRICT: Symbol('repl-strict'),
  Recoverable,
  isValidSyntax(code) {
    try {
      new Function(code);
      return true;
    } catch {
      return false;
    }
  },
};
Object.defineProperty(module.exports, 'builtinModules', {
  get: () => require('module').builtinModules.filter((name) => !name.startsWith('_')),
  enumerable: true,
  configurable: true,
});
