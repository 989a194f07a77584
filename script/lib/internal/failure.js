// Copyright 2026 The duplex authors. MIT license.

// What Node prints of an error that ends a script.

'use strict';

const { inspect } = require('internal/inspect');
const { source, places } = require('internal/stack');

const unhandled = "node:events:502\n      throw er; // Unhandled 'error' event\n      ^\n";
const unhandledOther = "node:events:515\n    throw err; // Unhandled 'error' event\n    ^\n";
const checked = 'node:internal/errors:541\n      throw error;\n      ^\n';
const missing = 'node:internal/modules/cjs/loader:1210\n  throw err;\n  ^\n';
const codes = {
  MODULE_NOT_FOUND: missing,
  ERR_UNHANDLED_ERROR: unhandledOther,
  ERR_UNHANDLED_REJECTION: 'node:internal/process/promises:389\n      new UnhandledPromiseRejection(reason);\n      ^\n',
};

const tail = `\nNode.js ${process.version}\n`;

function inside(error) {
  const frame = /\n {4}at (?:.*\()?([^\n]*?):\d+:\d+\)?(?:\n|$)/.exec(error.stack);
  return frame !== null && frame[1].startsWith('node:');
}

function origin(error, thrownAt, sure) {
  if (sure) return thrownAt;
  if (places.has(error)) return places.get(error);
  if (error instanceof SyntaxError && /^.*:\d+\n/.test(error.stack)) return ''; // it has its place
  if (error[source] !== undefined) {
    const found = / at position (\d+)$/.exec(error.message);
    return found ? `<anonymous_script>:1\n${error[source]}\n${' '.repeat(Number(found[1]))}^\n` : thrownAt;
  }
  if (inside(error)) return (typeof error.code === 'string' && codes[error.code]) || checked;
  return thrownAt;
}

// describe returns the text for what nobody has caught, which was thrown at a place
// (if that is not sure, the library may know better).
exports.describe = function (error, thrownAt, sure) {
  if (error === null || (typeof error !== 'object' && typeof error !== 'function')) {
    const text = typeof error === 'symbol' ? '\n' : `${String(error)}\n`;
    return `\n${thrownAt}${text}(Use \`node --trace-uncaught ...\` to show where the exception was thrown)\n${tail}`;
  }
  if (Object.prototype.toString.call(error) !== '[object Error]' && !(error instanceof Error)) {
    return `\n${thrownAt}${inspect(error)}\n${tail}`;
  }
  const emitted = require('internal/emitted').describe(error);
  const at = emitted ? unhandled : origin(error, thrownAt, sure);
  const { stack } = error;
  if (typeof stack === 'string' && at) {
    try {
      error.stack = `${at}\n${stack}${emitted}`;
    } catch {
      return `${inspect(error)}\n${tail}`;
    }
  }
  const text = inspect(error);
  if (typeof stack === 'string') {
    try {
      error.stack = stack;
    } catch {
      // It stays as it is.
    }
  }
  return `${text}\n${tail}`;
};
