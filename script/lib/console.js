// Copyright 2026 The duplex authors. MIT license.

// The global console and class Console.

'use strict';

const { formatArgs } = require('internal/format');

const state = Symbol('state');

// format returns the text of args for stream, with colors if it shows them.
function format(self, stream, args) {
  if (args.length === 1 && typeof args[0] === 'string') return args[0];
  return formatArgs(looksFor(self, stream), args);
}

// looksFor returns the options of inspect for a stream; undefined are the usual ones.
function looksFor(self, stream) {
  const { colorMode, inspectOptions } = self[state];
  const own = inspectOptions && (inspectOptions instanceof Map ? inspectOptions.get(stream) : inspectOptions);
  if (own) return own;
  const colors = colorMode === 'auto' ? stream.isTTY && (typeof stream.getColorDepth !== 'function' || stream.getColorDepth() > 2)
    : colorMode;
  return colors ? { colors: true } : undefined;
}

function nothing() {}

// tolerant returns what print gives to write: it keeps the first error of stream from
// being nobody's. Those after it are told.
function tolerant(stream) {
  let tolerate = tolerants.get(stream);
  if (tolerate === undefined) {
    tolerate = function tolerate(error) {
      if (!error || stream._writableState?.errorEmitted) return;
      if (stream.listenerCount('error') === 0) stream.once('error', nothing);
    };
    tolerants.set(stream, tolerate);
  }
  return tolerate;
}
const tolerants = new WeakMap();

// print writes a line, in the column of the group. What goes wrong with the
// stream at first is not the caller's, who only wanted to tell something.
function print(self, stream, line) {
  const { indent, ignoreErrors } = self[state];
  if (indent !== '') line = indent + (line.includes('\n') ? line.replaceAll('\n', `\n${indent}`) : line);
  line += '\n';
  if (!ignoreErrors) {
    stream.write(line);
    return;
  }
  try {
    if (stream.listenerCount('error') > 0) {
      stream.write(line, tolerant(stream));
      return;
    }
    stream.once('error', nothing);
    try {
      stream.write(line, tolerant(stream));
    } finally {
      stream.removeListener('error', nothing);
    }
  } catch (error) {
    if (error instanceof RangeError && /call stack/i.test(error.message)) throw error;
  }
}

function warn(message) {
  process.emitWarning(message);
}

const methods = {
  log(...args) {
    print(this, this._stdout, format(this, this._stdout, args));
  },
  warn(...args) {
    print(this, this._stderr, format(this, this._stderr, args));
  },
  dir(object, options) {
    const { inspect } = require('internal/inspect');
    print(this, this._stdout, inspect(object, { customInspect: false, ...looksFor(this, this._stdout), ...options }));
  },
  time(label = 'default') {
    const times = this._times;
    label = `${label}`;
    if (times.has(label)) warn(`Label '${label}' already exists for console.time()`);
    else times.set(label, process.hrtime());
  },
  timeEnd(label = 'default') {
    label = `${label}`;
    if (elapsed(this, 'timeEnd', label, [])) this._times.delete(label);
  },
  timeLog(label = 'default', ...data) {
    elapsed(this, 'timeLog', `${label}`, data);
  },
  trace(...args) {
    const trace = new Error(format(this, this._stderr, args));
    trace.name = 'Trace';
    Error.captureStackTrace(trace, methods.trace);
    this.error(trace.stack.replace('\n    at trace (<anonymous>)', '')); // the bound one
  },
  assert(condition, ...args) {
    if (condition) return;
    args[0] = `Assertion failed${args.length === 0 ? '' : `: ${args[0]}`}`;
    this.warn(...args);
  },
  clear() {
    if (this._stdout.isTTY && process.env.TERM !== 'dumb') this._stdout.write('\x1b[1;1H\x1b[0J');
  },
  count(label = 'default') {
    label = `${label}`;
    const { counts } = this[state];
    const count = (counts.get(label) || 0) + 1;
    counts.set(label, count);
    this.log(`${label}: ${count}`);
  },
  countReset(label = 'default') {
    label = `${label}`;
    if (!this[state].counts.delete(label)) warn(`Count for '${label}' does not exist`);
  },
  group(...args) {
    if (args.length > 0) this.log(...args);
    this[state].indent += ' '.repeat(this[state].groupIndentation);
  },
  groupEnd() {
    const own = this[state];
    own.indent = own.indent.slice(0, Math.max(0, own.indent.length - own.groupIndentation));
  },
  table(data, properties) {
    if (data === null || typeof data !== 'object') {
      this.log(data);
      return;
    }
    if (properties !== undefined) require('internal/validators').validateArray(properties, 'properties');
    this.log(require('internal/table').table(data, properties, looksFor(this, this._stdout)));
  },
};
methods.debug = function debug(...args) {
  print(this, this._stdout, format(this, this._stdout, args));
};
methods.info = function info(...args) {
  print(this, this._stdout, format(this, this._stdout, args));
};
methods.dirxml = function dirxml(...args) {
  print(this, this._stdout, format(this, this._stdout, args));
};
methods.error = function error(...args) {
  print(this, this._stderr, format(this, this._stderr, args));
};
methods.groupCollapsed = function groupCollapsed(...args) {
  this.group(...args);
};

// elapsed tells the time since console.time(label), and reports whether there
// was that.
function elapsed(self, caller, label, data) {
  const since = self._times.get(label);
  if (since === undefined) {
    warn(`No such label '${label}' for console.${caller}()`);
    return false;
  }
  const [seconds, nanoseconds] = process.hrtime(since);
  self.log('%s: %s', label, duration(seconds * 1000 + nanoseconds / 1e6), ...data);
  return true;
}

function duration(ms) {
  if (ms < 1000) return `${Number(ms.toFixed(3))}ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(3)}s`;
  const hours = Math.floor(ms / 3_600_000);
  const minutes = Math.floor((ms % 3_600_000) / 60_000);
  const seconds = ((ms % 60_000) / 1000).toFixed(3).padStart(6, '0');
  if (hours === 0) return `${minutes}:${seconds} (m:ss.mmm)`;
  return `${hours}:${String(minutes).padStart(2, '0')}:${seconds} (h:mm:ss.mmm)`;
}

const names = Object.keys(methods);

function hide(object, name, value) {
  Object.defineProperty(object, name, { value, writable: true, enumerable: false, configurable: true });
}

// equip gives self its own methods, which work without it. streams are getters
// or values.
function equip(self, streams, options) {
  for (const name of names) {
    const bound = self[name].bind(self);
    Object.defineProperty(bound, 'name', { value: name, configurable: true });
    self[name] = bound;
  }
  for (const name of ['_stdout', '_stderr']) {
    Object.defineProperty(self, name, { configurable: true, enumerable: false, ...streams[name] });
  }
  hide(self, '_stdoutErrorHandler', nothing);
  hide(self, '_stderrErrorHandler', nothing);
  hide(self, '_ignoreErrors', options.ignoreErrors);
  let times;
  Object.defineProperty(self, '_times', { configurable: true, enumerable: false, get: () => (times ??= new Map()) });
  hide(self, state, { counts: new Map(), indent: '', ...options });
}

function Console(options, ...rest) {
  if (!new.target) return Reflect.construct(Console, [options, ...rest]);
  if (!options || typeof options.write === 'function') options = { stdout: options, stderr: rest[0], ignoreErrors: rest[1] };
  const { stdout, stderr = stdout, ignoreErrors = true, colorMode = 'auto', inspectOptions, groupIndentation } = options;
  const { codes, define } = require('internal/errors');
  const notWritable = () => codes.ERR_CONSOLE_WRITABLE_STREAM ||
    define('ERR_CONSOLE_WRITABLE_STREAM', TypeError, (name) => `Console expects a writable stream instance for ${name}`);
  if (!stdout || typeof stdout.write !== 'function') throw new (notWritable())('stdout');
  if (!stderr || typeof stderr.write !== 'function') throw new (notWritable())('stderr');
  const check = require('internal/validators');
  check.validateOneOf(colorMode, 'colorMode', ['auto', true, false]);
  if (groupIndentation !== undefined) check.validateInteger(groupIndentation, 'groupIndentation', 0, 1000);
  if (inspectOptions !== undefined) {
    check.validateObject(inspectOptions, 'options.inspectOptions');
    if (inspectOptions.colors !== undefined && options.colorMode !== undefined) {
      const incompatible = codes.ERR_INCOMPATIBLE_OPTION_PAIR || define('ERR_INCOMPATIBLE_OPTION_PAIR', TypeError,
        (one, other) => `Option "${one}" cannot be used in combination with option "${other}"`);
      throw new incompatible('options.inspectOptions.color', 'colorMode');
    }
  }
  equip(this, { _stdout: { value: stdout, writable: true }, _stderr: { value: stderr, writable: true } }, {
    ignoreErrors, colorMode, inspectOptions, groupIndentation: groupIndentation ?? 2,
  });
}
for (const name of names) hide(Console.prototype, name, methods[name]);
Object.defineProperty(Console, Symbol.hasInstance, { value: (object) => Boolean(object && object[state] !== undefined) });

const global = Object.assign(Object.create({}), methods);
equip(global, { _stdout: { get: () => process.stdout }, _stderr: { get: () => process.stderr } }, {
  ignoreErrors: true, colorMode: 'auto', inspectOptions: undefined, groupIndentation: 2,
});
global.Console = Console;
// What only a debugger would see.
for (const name of ['profile', 'profileEnd', 'timeStamp']) global[name] = { [name]() {} }[name];
global.context = function context() { return global; };
global.createTask = function createTask(name) {
  return { run: (f) => f(), name };
};
Object.defineProperty(global, Symbol.toStringTag, { value: 'console', configurable: true });

hide(global, 'console', global);

module.exports = global;
