// Copyright 2026 The duplex authors. MIT license.

// Errors with Node's codes and messages. A module that alone throws some code
// defines it for itself.

'use strict';

const codes = (exports.codes = {});

// define makes codes[code] a class of Base, whose instances say what message
// returns for the constructor's arguments.
function define(code, Base, message) {
  const { name } = Base;
  class NodeError extends Base {
    constructor(...args) {
      super(typeof message === 'string' ? message : message(...args));
      Object.defineProperty(this, 'code', { value: code, writable: true, enumerable: true, configurable: true });
      decorate(this, `${name} [${code}]`);
    }
    toString() {
      return `${this.name} [${code}]: ${this.message}`;
    }
  }
  Object.defineProperty(NodeError, 'name', { value: name });
  Object.defineProperty(NodeError.prototype, 'constructor', { value: Base, writable: true, configurable: true });
  codes[code] = NodeError;
  return NodeError;
}
exports.define = define;

// decorate makes the stack of error begin with head, as Node's have the code.
function decorate(error, head) {
  const stack = String(error.stack);
  const frames = stack.indexOf('\n', stack.indexOf(error.message) + error.message.length);
  Object.defineProperty(error, 'stack', {
    value: `${head}: ${error.message}${frames < 0 ? '' : stack.slice(frames)}`,
    writable: true,
    enumerable: false,
    configurable: true,
  });
}
exports.decorate = decorate;

const types = new Set(['string', 'function', 'number', 'object', 'Function', 'Object', 'boolean', 'bigint', 'symbol']);
const isClass = /^[A-Z][a-zA-Z0-9]*$/;

function list(words, last) {
  if (words.length < 3) return words.join(` ${last} `);
  return `${words.slice(0, -1).join(', ')}, ${last} ${words[words.length - 1]}`;
}

// received describes a value that an argument should not have had.
function received(value) {
  if (value === null || value === undefined) return ` Received ${value}`;
  if (typeof value === 'function') return value.name ? ` Received function ${value.name}` : ' Received function ';
  const { inspect } = require('internal/inspect');
  if (typeof value === 'object') {
    const maker = value.constructor?.name; // which may be empty
    return maker !== undefined ? ` Received an instance of ${maker}` : ` Received ${inspect(value, { depth: -1 })}`;
  }
  if (typeof value === 'string') {
    const said = shortened(value);
    return ` Received type string (${said.includes("'") ? JSON.stringify(said) : `'${said}'`})`;
  }
  return ` Received type ${typeof value} (${shortened(inspect(value, { colors: false }))})`;
}
exports.received = received;

const shortened = (text) => (text.length > 28 ? `${text.slice(0, 25)}...` : text);

function expectation(expected) {
  const primitives = [];
  const classes = [];
  const others = [];
  for (const word of expected) {
    if (types.has(word)) primitives.push(word.toLowerCase());
    else if (isClass.test(word)) classes.push(word);
    else others.push(word);
  }
  if (classes.length > 0) {
    const at = primitives.indexOf('object');
    if (at >= 0) {
      primitives.splice(at, 1);
      classes.push('Object');
    }
  }
  const parts = [];
  if (primitives.length > 0) parts.push(`${primitives.length > 1 ? 'one of type' : 'of type'} ${list(primitives, 'or')}`);
  if (classes.length > 0) parts.push(`an instance of ${list(classes, 'or')}`);
  if (others.length > 1) parts.push(`one of ${list(others, 'or')}`);
  else if (others.length === 1) parts.push(others[0].toLowerCase() !== others[0] ? `an ${others[0]}` : others[0]);
  return parts.join(' or ');
}

define('ERR_INVALID_ARG_TYPE', TypeError, (name, expected, actual) => {
  const what = name.endsWith(' argument') ? `The ${name}` : `The "${name}" ${name.includes('.') ? 'property' : 'argument'}`;
  return `${what} must be ${expectation([].concat(expected))}.${received(actual)}`;
});

function describe(value) {
  const text = require('internal/inspect').inspect(value);
  return text.length > 128 ? `${text.slice(0, 128)}...` : text;
}

const invalidValue = (name, value, reason = 'is invalid') =>
  `The ${name.includes('.') ? 'property' : 'argument'} '${name}' ${reason}. Received ${describe(value)}`;
define('ERR_INVALID_ARG_VALUE', TypeError, invalidValue);

function grouped(digits) {
  return digits.replace(/\B(?=(\d{3})+$)/g, '_');
}

define('ERR_OUT_OF_RANGE', RangeError, (name, range, actual, whole = false) => {
  let text;
  if (Number.isInteger(actual) && Math.abs(actual) > 2 ** 32) {
    text = (actual < 0 ? '-' : '') + grouped(String(Math.abs(actual)));
  } else if (typeof actual === 'bigint') {
    text = String(actual);
    const big = actual > 2n ** 32n || actual < -(2n ** 32n);
    if (big) text = (actual < 0n ? '-' : '') + grouped(text.replace('-', ''));
    text += 'n';
  } else {
    text = require('internal/inspect').inspect(actual);
  }
  return `${whole ? name : `The value of "${name}" is out of range.`} It must be ${range}. Received ${text}`;
});

define('ERR_FEATURE_UNAVAILABLE_ON_PLATFORM', TypeError, (feature) =>
  `${feature} is unavailable on the current platform, which is being used to run duplex`);
define('ERR_INVALID_HANDLE_TYPE', TypeError, 'This handle type cannot be sent');
define('ERR_ACCESS_DENIED', Error, 'Access to this API has been restricted');
define('ERR_METHOD_NOT_IMPLEMENTED', Error, (name) => `The ${name} method is not implemented`);
define('ERR_MISSING_ARGS', TypeError, (...names) => {
  const quoted = names.map((name) => (Array.isArray(name) ? name.map((n) => `"${n}"`).join(' or ') : `"${name}"`));
  return `The ${list(quoted, 'and')} argument${names.length > 1 ? 's' : ''} must be specified`;
});
define('ERR_INVALID_THIS', TypeError, (type) => `Value of "this" must be of type ${type}`);
define('ERR_ILLEGAL_CONSTRUCTOR', TypeError, 'Illegal constructor');
define('ERR_UNHANDLED_ERROR', Error, (text) => (text === undefined ? 'Unhandled error.' : `Unhandled error. (${text})`));

class AbortError extends Error {
  constructor(message = 'The operation was aborted', options = undefined) {
    super(message, options);
    this.code = 'ABORT_ERR';
    this.name = 'AbortError';
  }
}
exports.AbortError = AbortError;

// unhandled returns the error with which a rejected promise ends the script.
exports.unhandled = function (reason) {
  if (reason instanceof Error) return reason;
  const shown = reason !== null && typeof reason === 'object' ? `#<${reason.constructor?.name || 'Object'}>` : String(reason);
  const error = new Error('This error originated either by throwing inside of an async function without a catch block, ' +
    `or by rejecting a promise which was not handled with .catch(). The promise rejected with the reason "${shown}".`);
  error.code = 'ERR_UNHANDLED_REJECTION';
  decorate(error, 'UnhandledPromiseRejection');
  error.name = 'UnhandledPromiseRejection';
  return error;
};
