// Copyright 2026 The duplex authors. MIT license.

// Code in the script's own world; there are no others.

'use strict';

const { validateString } = require('internal/validators');
const vm = require('internal/absent').absent('vm contexts', 'use runInThisContext, or run the script with node');
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

  runInContext() {
    throw vm.refuse('vm.Script.prototype.runInContext()');
  }

  runInNewContext() {
    throw vm.refuse('vm.Script.prototype.runInNewContext()');
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

Object.assign(exports, vm.functions('createContext runInContext runInNewContext measureMemory', 'vm'), {
  createScript: (code, options) => new Script(code, options),
  isContext(object) {
    require('internal/validators').validateObject(object, 'object');
    return false;
  },
  constants: Object.freeze({
    __proto__: null,
    USE_MAIN_CONTEXT_DEFAULT_LOADER: Symbol('vm_dynamic_import_main_context_default'),
    DONT_CONTEXTIFY: Symbol('vm_context_no_contextify'),
  }),
});
