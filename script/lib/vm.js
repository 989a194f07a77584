// Copyright 2026 The duplex authors. MIT license.

// Code in the script's own world; there are no others.

'use strict';

const { validateString } = require('internal/validators');
const run = (0, eval);

class Script {
  #code;

  constructor(code, options = {}) {
    code = `${code}`;
    if (typeof options === 'string') options = { filename: options };
    if (options.filename !== undefined) validateString(options.filename, 'options.filename');
    new Function(`(function () {\n${code}\n})`); // throws what is wrong with it
    this.#code = code;
  }

  runInThisContext() {
    return run(this.#code);
  }
}
exports.Script = Script;

exports.runInThisContext = function runInThisContext(code, options) {
  return new Script(code, options).runInThisContext();
};

exports.compileFunction = function compileFunction(code, params = []) {
  validateString(code, 'code');
  return new Function(...params, code);
};
