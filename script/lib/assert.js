// Copyright 2026 The duplex authors. MIT license.

'use strict';

const { AssertionError } = require('internal/assertion_error');
const { codes, define } = require('internal/errors');
const { inspect } = require('internal/inspect');
const types = require('util/types');

const none = Symbol('none');

function fail(options) {
  if (options.message instanceof Error) throw options.message;
  throw new AssertionError(options);
}

function compare(operator, holds, wants, f) {
  const assertion = {
    [operator](actual, expected, message) {
      if (arguments.length < 2) throw new codes.ERR_MISSING_ARGS('actual', 'expected');
      if (holds(actual, expected) !== wants) {
        fail({ actual, expected, message, operator: f ?? operator, stackStartFn: assertion });
      }
    },
  }[operator];
  return assertion;
}

const looselySame = (a, b) => a == b || (Number.isNaN(a) && Number.isNaN(b));
const deeply = (a, b) => require('internal/comparisons').isDeepEqual(a, b);
const deeplyStrictly = (a, b) => require('internal/comparisons').isDeepStrictEqual(a, b);

function truth(f, args) {
  const [value] = args;
  if (value) return;
  let [, message] = args;
  let generated = false;
  if (args.length === 0) {
    generated = true;
    message = 'No value argument passed to `assert.ok()`';
  } else if (message === undefined || message === null) {
    generated = true;
    message = require('internal/assert_source').falsy(f) ?? `${inspect(value)} == true`;
  }
  if (message instanceof Error) throw message;
  const error = new AssertionError({ actual: value, expected: true, message, operator: '==', stackStartFn: f });
  error.generatedMessage = generated;
  throw error;
}

function ok(...args) {
  truth(ok, args);
}

const assert = (module.exports = ok);

assert.fail = function fail(message) {
  if (message instanceof Error) throw message;
  const error = new AssertionError({ message: message === undefined ? 'Failed' : message, operator: 'fail', stackStartFn: fail });
  error.generatedMessage = message === undefined;
  throw error;
};
assert.AssertionError = AssertionError;
assert.ok = ok;
assert.equal = compare('equal', looselySame, true, '==');
assert.notEqual = compare('notEqual', looselySame, false, '!=');
assert.deepEqual = compare('deepEqual', deeply, true);
assert.notDeepEqual = compare('notDeepEqual', deeply, false);
assert.deepStrictEqual = compare('deepStrictEqual', deeplyStrictly, true);
assert.notDeepStrictEqual = compare('notDeepStrictEqual', deeplyStrictly, false);
assert.strictEqual = compare('strictEqual', Object.is, true);
assert.notStrictEqual = compare('notStrictEqual', Object.is, false);

// The properties of an error that an object of the script's asks for, which make
// the message when they are not those.
class Comparison {
  constructor(object, keys, actual) {
    for (const key of keys) {
      if (!(key in object)) continue;
      const pattern = actual !== undefined && types.isRegExp(actual[key]) && typeof object[key] === 'string' &&
        actual[key].test(object[key]);
      this[key] = pattern ? actual[key] : object[key];
    }
  }
}

function generated(options, f) {
  const error = new AssertionError({ ...options, stackStartFn: f });
  error.generatedMessage = options.message === undefined || options.own === true;
  return error;
}

// expectProperties throws unless actual has the properties of expected.
function expectProperties(actual, expected, message, f) {
  const keys = Object.keys(expected);
  if (expected instanceof Error) keys.push('name', 'message');
  else if (keys.length === 0) throw new codes.ERR_INVALID_ARG_VALUE('error', expected, 'may not be an empty object');
  for (const key of keys) {
    const value = expected[key];
    if (typeof actual[key] === 'string' && types.isRegExp(value) && value.test(actual[key])) continue;
    if (key in actual && deeplyStrictly(actual[key], value)) continue;
    if (message instanceof Error) throw message;
    if (message) throw new AssertionError({ actual, expected, message, operator: f.name, stackStartFn: f });
    const error = new AssertionError({
      actual: new Comparison(actual, keys, expected),
      expected: new Comparison(expected, keys),
      operator: 'deepStrictEqual',
      stackStartFn: f,
    });
    error.actual = actual;
    error.expected = expected;
    error.operator = f.name;
    throw error;
  }
}

// expect throws unless actual, which was thrown, is what expected says.
function expect(actual, expected, message, f) {
  const operator = f.name;
  let text;
  if (typeof expected !== 'function') {
    if (types.isRegExp(expected)) {
      const shown = String(actual);
      if (expected.test(shown)) return;
      text = `The input did not match the regular expression ${inspect(expected)}. Input:\n\n${inspect(shown)}\n`;
    } else if (typeof actual !== 'object' || actual === null) {
      const error = new AssertionError({ actual, expected, message, operator: 'deepStrictEqual', stackStartFn: f });
      error.operator = operator;
      throw error;
    } else {
      expectProperties(actual, expected, message, f);
      return;
    }
  } else if (expected.prototype !== undefined && actual instanceof expected) {
    return;
  } else if (Object.prototype.isPrototypeOf.call(Error, expected) || expected === Error) {
    text = `The error is expected to be an instance of "${expected.name}". Received `;
    text += types.isNativeError(actual) ? `"${actual.name}"` : `"${inspect(actual, { depth: -1 })}"`;
    if (types.isNativeError(actual)) text += `\n\nError message:\n\n${actual.message}`;
  } else {
    const result = Reflect.apply(expected, {}, [actual]);
    if (result === true) return;
    const name = expected.name ? `"${expected.name}" ` : '';
    text = `The ${name}validation function is expected to return "true". Received ${inspect(result)}`;
    if (types.isNativeError(actual)) text += `\n\nCaught error:\n\n${actual}`;
  }
  if (message instanceof Error) throw message;
  throw generated({ actual, expected, message: message || text, own: !message, operator }, f);
}

// expectThrown checks what throws and rejects were given; actual is none if nothing
// was thrown.
function expectThrown(f, actual, error, message) {
  if (typeof error === 'string') {
    if (message !== undefined) throw new codes.ERR_INVALID_ARG_TYPE('error', ['Object', 'Error', 'Function', 'RegExp'], error);
    const said = typeof actual === 'object' && actual !== null ? actual.message : actual;
    if (actual !== none && said === error) {
      const what = typeof actual === 'object' ? `The error message "${actual.message}"` : `The error "${actual}"`;
      const Ambiguous = codes.ERR_AMBIGUOUS_ARGUMENT ||
        define('ERR_AMBIGUOUS_ARGUMENT', TypeError, (name, reason) => `The "${name}" argument is ambiguous. ${reason}`);
      throw new Ambiguous('error/message', `${what} is identical to the message.`);
    }
    message = error;
    error = undefined;
  } else if (error !== null && error !== undefined && typeof error !== 'object' && typeof error !== 'function') {
    throw new codes.ERR_INVALID_ARG_TYPE('error', ['Function', 'Error', 'RegExp', 'Object'], error);
  }
  if (actual === none) {
    const of = error && error.name ? ` (${error.name})` : '';
    const what = f === assert.rejects ? 'rejection' : 'exception';
    fail({ expected: error, operator: f.name, message: `Missing expected ${what}${of}${message ? `: ${message}` : '.'}`, stackStartFn: f });
  }
  if (error) expect(actual, error, message, f);
}

function expectQuiet(f, actual, error, message) {
  if (actual === none) return;
  if (typeof error === 'string') {
    message = error;
    error = undefined;
  }
  if (error && !matches(actual, error)) throw actual;
  const what = f === assert.doesNotReject ? 'rejection' : 'exception';
  fail({
    actual, expected: error, operator: f.name, stackStartFn: f,
    message: `Got unwanted ${what}${message ? `: ${message}` : '.'}\nActual message: "${actual && actual.message}"`,
  });
}

function matches(actual, expected) {
  if (typeof expected !== 'function') {
    if (types.isRegExp(expected)) return expected.test(String(actual));
    throw new codes.ERR_INVALID_ARG_TYPE('expected', ['Function', 'RegExp'], expected);
  }
  if (expected.prototype !== undefined && actual instanceof expected) return true;
  if (Object.prototype.isPrototypeOf.call(Error, expected)) return false;
  return Reflect.apply(expected, {}, [actual]) === true;
}

function thrownBy(f) {
  if (typeof f !== 'function') throw new codes.ERR_INVALID_ARG_TYPE('fn', 'Function', f);
  try {
    f();
  } catch (error) {
    return error;
  }
  return none;
}

const isPromise = (value) => types.isPromise(value) ||
  (value !== null && typeof value === 'object' && typeof value.then === 'function' && typeof value.catch === 'function');

async function rejectionOf(f) {
  let promise = f;
  if (typeof f === 'function') {
    promise = f();
    if (!isPromise(promise)) {
      const Invalid = codes.ERR_INVALID_RETURN_VALUE || define('ERR_INVALID_RETURN_VALUE', TypeError, (wanted, name, value) => {
        const what = value !== null && typeof value === 'object' && value.constructor?.name
          ? `an instance of ${value.constructor.name}` : `type ${typeof value}${value === undefined ? '' : ` (${inspect(value)})`}`;
        return `Expected ${wanted} to be returned from the "${name}" function but got ${value === undefined ? 'undefined' : what}.`;
      });
      throw new Invalid('instance of Promise', 'promiseFn', promise);
    }
  } else if (!isPromise(f)) {
    throw new codes.ERR_INVALID_ARG_TYPE('promiseFn', ['Function', 'Promise'], f);
  }
  try {
    await promise;
  } catch (error) {
    return error;
  }
  return none;
}

assert.throws = function throws(f, error, message) {
  expectThrown(throws, thrownBy(f), error, message);
};
assert.rejects = async function rejects(f, error, message) {
  expectThrown(rejects, await rejectionOf(f), error, message);
};
assert.doesNotThrow = function doesNotThrow(f, error, message) {
  expectQuiet(doesNotThrow, thrownBy(f), error, message);
};
assert.doesNotReject = async function doesNotReject(f, error, message) {
  expectQuiet(doesNotReject, await rejectionOf(f), error, message);
};

assert.ifError = function ifError(error) {
  if (error === null || error === undefined) return;
  let message = 'ifError got unwanted exception: ';
  if (typeof error === 'object' && typeof error.message === 'string') {
    message += error.message.length === 0 && error.constructor ? error.constructor.name : error.message;
  } else {
    message += inspect(error);
  }
  const failure = new AssertionError({ actual: error, expected: null, operator: 'ifError', message, stackStartFn: ifError });
  failure.generatedMessage = false;
  throw failure;
};

function matching(name, wants, text) {
  const assertion = {
    [name](string, regexp, message) {
      if (!types.isRegExp(regexp)) throw new codes.ERR_INVALID_ARG_TYPE('regexp', 'RegExp', regexp);
      if (typeof string === 'string' && (regexp.exec(string) !== null) === wants) return;
      if (message instanceof Error) throw message;
      const own = typeof string === 'string'
        ? `${text} ${inspect(regexp)}. Input:\n\n${inspect(string)}\n`
        : `The "string" argument must be of type string.${require('internal/errors').received(string)}`;
      throw generated({ actual: string, expected: regexp, message: message || own, own: !message, operator: name }, assertion);
    },
  }[name];
  return assertion;
}
assert.match = matching('match', true, 'The input did not match the regular expression');
assert.doesNotMatch = matching('doesNotMatch', false, 'The input was expected to not match the regular expression');

Object.defineProperty(assert, 'CallTracker', {
  enumerable: true,
  configurable: true,
  get() {
    const { CallTracker } = require('internal/call_tracker');
    const value = require('util').deprecate(CallTracker, 'assert.CallTracker is deprecated.', 'DEP0173');
    Object.defineProperty(assert, 'CallTracker', { value, writable: true, enumerable: true, configurable: true });
    return value;
  },
});

function strict(...args) {
  truth(strict, args);
}
const { name, length, prototype, ...members } = Object.getOwnPropertyDescriptors(assert);
assert.strict = Object.assign(Object.defineProperties(strict, members), {
  equal: assert.strictEqual,
  deepEqual: assert.deepStrictEqual,
  notEqual: assert.notStrictEqual,
  notDeepEqual: assert.notDeepStrictEqual,
});
assert.strict.strict = assert.strict;
