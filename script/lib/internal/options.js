// Copyright 2026 The duplex authors. MIT license.

// Node's options, of the command line and of NODE_OPTIONS: those that mean something
// to a script. What is not here is only shown, in process.execArgv; --no-warnings is
// heeded by internal/process.

'use strict';

const native = binding('process');

exports.print = false; // what the text of the command line ends with
exports.modules = []; // to be required before the script

function flag(name) {
  return () => {
    process[name] = true;
  };
}

const meanings = {
  '--no-deprecation': flag('noDeprecation'),
  '--throw-deprecation': flag('throwDeprecation'),
  '--trace-deprecation': flag('traceDeprecation'),
  '--trace-warnings': flag('traceProcessWarnings'),
  '--expose-gc': exposeGC,
  '--expose_gc': exposeGC,
};

const valued = {
  '--eval': (code) => {
    process._eval = code;
  },
  '--print': (code) => {
    process._eval = code;
    exports.print = true;
  },
  '--require': (module) => exports.modules.push(module),
  '--stack-trace-limit': (limit) => {
    Error.stackTraceLimit = Number(limit);
  },
  '--title': (title) => {
    process.title = title;
  },
  '--unhandled-rejections': (mode) => require('internal/bootstrap').chooseMode(mode),
};

const short = { '-e': '--eval', '-p': '--print', '-pe': '--print', '-r': '--require' };

function exposeGC() {
  Object.defineProperty(globalThis, 'gc', {
    value: function gc() {
      native.collect();
    },
    writable: true,
    configurable: true,
  });
}

exports.apply = function (options) {
  for (let i = 0; i < options.length; i++) {
    let [, name, value] = /^([^=]*)(?:=(.*))?$/s.exec(options[i]);
    name = short[name] ?? name;
    meanings[name]?.();
    if (valued[name]) valued[name](value ?? options[++i]);
  }
};
