// Copyright 2026 The duplex authors. MIT license.

'use strict';

const { codes, define } = require('internal/errors');
const check = require('internal/validators');
const { format, formatWithOptions } = require('internal/format');

const custom = Symbol.for('nodejs.util.promisify.custom');
const customArgs = Symbol('customPromisifyArgs');

// errnoError is the error of a system call, as those of libuv's look.
function errnoError(number, call, extra) {
  const name = getSystemErrorName(number);
  const error = new Error(extra ? `${call} ${name} ${extra}` : `${call} ${name}`);
  error.errno = number;
  error.code = name;
  error.syscall = call;
  return error;
}

exports._errnoException = errnoError;

exports._exceptionWithHostPort = function (number, call, address, port, extra) {
  const where = port ? `${address}:${port}` : address;
  const error = errnoError(number, call, `${where}${extra ? ` - Local (${extra})` : ''}`);
  error.address = address;
  if (port) error.port = port;
  return error;
};

exports._extend = function _extend(target, source) {
  if (source === null || typeof source !== 'object') return target;
  for (const key of Object.keys(source)) target[key] = source[key];
  return target;
};

exports.callbackify = function callbackify(original) {
  check.validateFunction(original, 'original');
  function callbackified(...args) {
    const callback = args.pop();
    check.validateFunction(callback, 'last argument');
    const tell = callback.bind(this);
    Reflect.apply(original, this, args).then(
      (value) => process.nextTick(tell, null, value),
      (reason) => process.nextTick(tell, reason || falsyRejection(reason)),
    );
  }
  const descriptors = Object.getOwnPropertyDescriptors(original);
  if (typeof descriptors.length.value === 'number') descriptors.length.value++;
  if (typeof descriptors.name.value === 'string') descriptors.name.value += 'Callbackified';
  delete descriptors.prototype;
  return Object.defineProperties(callbackified, descriptors);
};

function falsyRejection(reason) {
  const Falsy = codes.ERR_FALSY_VALUE_REJECTION ||
    define('ERR_FALSY_VALUE_REJECTION', Error, 'Promise was rejected with falsy value');
  const error = new Falsy();
  error.reason = reason;
  return error;
}

// Which sections NODE_DEBUG names.
let enabled;

function isEnabled(section) {
  if (enabled === undefined) {
    const patterns = (process.env.NODE_DEBUG || '').toUpperCase().split(',').filter(Boolean)
      .map((name) => name.replace(/[|\\{}()[\]^$+?.]/g, '\\$&').replaceAll('*', '.*'));
    enabled = patterns.length === 0 ? /$^/ : new RegExp(`^(?:${patterns.join('|')})$`);
  }
  return enabled.test(section);
}

function debuglog(section, told) {
  section = section.toUpperCase();
  let on;
  const test = () => (on ??= isEnabled(section));
  const log = (...args) => {
    if (!test()) return;
    if (typeof told === 'function') {
      told(log);
      told = undefined;
    }
    process.stderr.write(`${section} ${process.pid}: ${format(...args)}\n`);
  };
  return Object.defineProperty(log, 'enabled', { get: test, configurable: true, enumerable: true });
}
exports.debug = debuglog;
exports.debuglog = debuglog;

const warned = new Set(); // codes that were told

exports.deprecate = function deprecate(f, message, code) {
  if (process.noDeprecation === true) return f;
  if (code !== undefined) check.validateString(code, 'code');
  let told = false;
  function deprecated(...args) {
    if (!told) {
      told = true;
      if (code === undefined || !warned.has(code)) {
        if (code !== undefined) warned.add(code);
        process.emitWarning(message, 'DeprecationWarning', code, deprecated);
      }
    }
    return new.target ? Reflect.construct(f, args, new.target) : Reflect.apply(f, this, args);
  }
  Object.setPrototypeOf(deprecated, f);
  if (f.prototype) deprecated.prototype = f.prototype;
  return deprecated;
};

exports.format = format;

exports.styleText = function styleText(style, text, { validateStream = true, stream = process.stdout } = {}) {
  check.validateString(text, 'text');
  check.validateBoolean(validateStream, 'options.validateStream');
  if (validateStream && !(stream instanceof require('stream'))) {
    throw new codes.ERR_INVALID_ARG_TYPE('stream', ['ReadableStream', 'WritableStream', 'Stream'], stream);
  }
  const plain = validateStream && !Array.isArray(style) && !showsColors(stream); // Node looks only then
  const { colors } = require('internal/inspect_text');
  let before = '';
  let behind = '';
  for (const name of Array.isArray(style) ? style : [style]) {
    const pair = colors[name];
    if (pair === undefined) check.validateOneOf(name, 'format', Object.keys(colors));
    before += `\x1b[${pair[0]}m`;
    behind = `\x1b[${pair[1]}m${behind}`;
  }
  return plain ? text : before + text + behind;
};

function showsColors(stream) {
  const { FORCE_COLOR } = process.env;
  if (FORCE_COLOR !== undefined) return ['', '1', 'true', '2', '3'].includes(FORCE_COLOR);
  return Boolean(stream.isTTY) && (typeof stream.getColorDepth !== 'function' || stream.getColorDepth() > 2);
}

exports.formatWithOptions = formatWithOptions;

exports.getSystemErrorMap = function getSystemErrorMap() {
  return new Map(require('internal/uv').map());
};

function getSystemErrorName(number) {
  check.validateNumber(number, 'err');
  if (number >= 0 || !Number.isSafeInteger(number)) throw new codes.ERR_OUT_OF_RANGE('err', 'a negative integer', number);
  return require('internal/uv').name(number);
}
exports.getSystemErrorName = getSystemErrorName;

exports.inherits = function inherits(constructor, parent) {
  if (constructor === undefined || constructor === null) throw new codes.ERR_INVALID_ARG_TYPE('ctor', 'Function', constructor);
  if (parent === undefined || parent === null) throw new codes.ERR_INVALID_ARG_TYPE('superCtor', 'Function', parent);
  if (parent.prototype === undefined) throw new codes.ERR_INVALID_ARG_TYPE('superCtor.prototype', 'Object', parent.prototype);
  Object.defineProperty(constructor, 'super_', { value: parent, writable: true, configurable: true });
  Object.setPrototypeOf(constructor.prototype, parent.prototype);
};

// later defines a property whose module is loaded when it is asked for.
function later(name, load) {
  Object.defineProperty(exports, name, {
    configurable: true,
    enumerable: true,
    get() {
      const value = load();
      Object.defineProperty(exports, name, { value, writable: true, configurable: true, enumerable: true });
      return value;
    },
    set(value) {
      Object.defineProperty(exports, name, { value, writable: true, configurable: true, enumerable: true });
    },
  });
}

later('inspect', () => require('internal/inspect').inspect);

exports.isArray = Array.isArray;
exports.isBoolean = function isBoolean(value) { return typeof value === 'boolean'; };
later('isBuffer', () => require('buffer').Buffer.isBuffer);
exports.isDeepStrictEqual = function isDeepStrictEqual(a, b) {
  return require('internal/comparisons').isDeepStrictEqual(a, b);
};
exports.isNull = function isNull(value) { return value === null; };
exports.isNullOrUndefined = function isNullOrUndefined(value) { return value === null || value === undefined; };
exports.isNumber = function isNumber(value) { return typeof value === 'number'; };
exports.isString = function isString(value) { return typeof value === 'string'; };
exports.isSymbol = function isSymbol(value) { return typeof value === 'symbol'; };
exports.isUndefined = function isUndefined(value) { return value === undefined; };
later('isRegExp', () => require('util/types').isRegExp);
exports.isObject = function isObject(value) { return value !== null && typeof value === 'object'; };
later('isDate', () => require('util/types').isDate);
exports.isError = function isError(value) { return require('util/types').isNativeError(value) || value instanceof Error; };
exports.isFunction = function isFunction(value) { return typeof value === 'function'; };
exports.isPrimitive = function isPrimitive(value) {
  return value === null || (typeof value !== 'object' && typeof value !== 'function');
};

exports.log = function log(...args) {
  const now = new Date();
  const time = [now.getHours(), now.getMinutes(), now.getSeconds()].map((n) => String(n).padStart(2, '0')).join(':');
  const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
  console.log('%s - %s', `${now.getDate()} ${months[now.getMonth()]} ${time}`, format(...args));
};

function promisify(original) {
  check.validateFunction(original, 'original');
  if (original[custom]) {
    const own = original[custom];
    check.validateFunction(own, 'util.promisify.custom');
    return Object.defineProperty(own, custom, { value: own, configurable: true });
  }
  const names = original[customArgs];
  function promisified(...args) {
    return new Promise((resolve, reject) => {
      Reflect.apply(original, this, [...args, (error, ...values) => {
        if (error) reject(error);
        else if (names !== undefined && values.length > 1) resolve(Object.fromEntries(names.map((name, i) => [name, values[i]])));
        else resolve(values[0]);
      }]);
    });
  }
  Object.setPrototypeOf(promisified, Object.getPrototypeOf(original));
  Object.defineProperty(promisified, custom, { value: promisified, configurable: true });
  const descriptors = Object.getOwnPropertyDescriptors(original);
  return Object.defineProperties(promisified, descriptors);
}
promisify.custom = custom;
exports.promisify = promisify;

exports.stripVTControlCharacters = function stripVTControlCharacters(text) {
  check.validateString(text, 'str');
  return require('internal/inspect_text').withoutSequences(text);
};

exports.toUSVString = function toUSVString(text) {
  return `${text}`.toWellFormed();
};

exports.transferableAbortSignal = function transferableAbortSignal(signal) {
  check.validateAbortSignal(signal, 'signal');
  return signal;
};
exports.transferableAbortController = () => new AbortController();

exports.aborted = function aborted(signal, resource) {
  if (signal === undefined) return Promise.reject(new codes.ERR_INVALID_ARG_TYPE('signal', 'AbortSignal', signal));
  check.validateAbortSignal(signal, 'signal');
  if (resource === null || typeof resource !== 'object') {
    return Promise.reject(new codes.ERR_INVALID_ARG_TYPE('resource', 'Object', resource));
  }
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
};

later('types', () => require('util/types'));
exports.parseEnv = function parseEnv(content) {
  check.validateString(content, 'content');
  return require('internal/parse_args').parseEnv(content);
};
exports.parseArgs = function parseArgs(config) {
  return require('internal/parse_args').parseArgs(config);
};
later('TextDecoder', () => require('internal/text').TextDecoder);
later('TextEncoder', () => require('internal/text').TextEncoder);
