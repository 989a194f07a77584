// Copyright 2026 The duplex authors. MIT license.

// The global process.

'use strict';

const EventEmitter = require('events');
const native = binding('process');

function define(object, values) {
  for (const name of Object.keys(values)) {
    Object.defineProperty(object, name, { value: values[name], writable: true, enumerable: true, configurable: true });
  }
}

// lazy defines a property that is made by the first look at it.
function lazy(name, make) {
  Object.defineProperty(process, name, {
    enumerable: true,
    configurable: true,
    get() {
      const value = make();
      Object.defineProperty(process, name, { value, writable: true, enumerable: true, configurable: true });
      return value;
    },
    set(value) {
      Object.defineProperty(process, name, { value, writable: true, enumerable: true, configurable: true });
    },
  });
}

// Reading errors and validators costs, and most scripts need neither.
const errors = () => require('internal/errors');
const codes = () => errors().codes;
const check = () => require('internal/validators');

const proto = Object.create(EventEmitter.prototype, {
  constructor: { value: function process() {}, writable: true, configurable: true },
  [Symbol.toStringTag]: { value: 'process', configurable: true },
});
Object.setPrototypeOf(process, proto);
EventEmitter.call(process);
module.exports = process;

define(process, {
  version: native.version,
  versions: Object.freeze({
    node: '20.20.2', duplex: '0.1.0', go: native.go, goja: '1', v8: '11.3.244.8-node.33', uv: '1.46.0', modules: '115',
    unicode: '15.0',
  }),
  arch: native.arch,
  platform: native.platform,
  release: Object.freeze({ name: 'node', lts: 'Iron' }),
  _exiting: false,
  config: Object.freeze({ target_defaults: Object.freeze({}), variables: Object.freeze({}) }),
  features: Object.freeze({
    inspector: false, debug: false, uv: true, ipv6: true, tls_alpn: false, tls_sni: false, tls_ocsp: false, tls: false,
    cached_builtins: true, require_module: true,
  }),
  title: 'node',
  argv: [native.execPath, ...native.args],
  execArgv: [...native.options],
  pid: native.pid,
  ppid: native.ppid,
  execPath: native.execPath,
  debugPort: 9229,
  argv0: 'node',
  domain: null,
});

// Exit codes.

let exitCode;

function validCode(value, name) {
  if (value === null || value === undefined) return;
  let code = value;
  if (typeof code === 'string' && code !== '' && !Number.isNaN(Number(code))) code = Number(code);
  check().validateInteger(code, name);
}

Object.defineProperty(process, 'exitCode', {
  enumerable: true,
  configurable: false,
  get: () => exitCode,
  set(value) {
    validCode(value, 'code');
    if (typeof value === 'string') value = Number(value);
    exitCode = value;
  },
});

define(process, {
  exit: function exit(code) {
    if (code !== undefined) process.exitCode = code;
    if (!process._exiting) {
      process._exiting = true;
      process.emit('exit', process.exitCode || 0);
    }
    process.reallyExit(process.exitCode || 0);
  },
  reallyExit: function reallyExit(code) {
    native.exit(code || 0);
  },
  abort: function abort() {
    native.abort();
  },
});

// The environment holds strings.

function keepString(value) {
  if (typeof value === 'symbol') throw new TypeError('Cannot convert a Symbol value to a string');
  return `${value}`;
}

function invalidEnv(message) {
  const error = new TypeError(message);
  error.code = 'ERR_INVALID_OBJECT_DEFINE_PROPERTY';
  errors().decorate(error, 'TypeError [ERR_INVALID_OBJECT_DEFINE_PROPERTY]');
  return error;
}

process.env = new Proxy(native.env, {
  get: (target, name, receiver) => (typeof name === 'symbol' ? undefined : Reflect.get(target, name, receiver)),
  set(target, name, value) {
    target[keepString(name)] = keepString(value);
    return true;
  },
  defineProperty(target, name, descriptor) {
    if ('get' in descriptor || 'set' in descriptor) {
      throw invalidEnv("'process.env' does not accept an accessor(getter/setter) descriptor");
    }
    if (!('value' in descriptor) || !descriptor.configurable || !descriptor.writable || !descriptor.enumerable) {
      throw invalidEnv("'process.env' only accepts a configurable, writable, and enumerable data descriptor");
    }
    return Reflect.defineProperty(target, name, { ...descriptor, value: keepString(descriptor.value) });
  },
});

// Time and resources.

function hrtime(before) {
  const now = native.hrtime();
  if (before === undefined) return now;
  check().validateArray(before, 'time');
  if (before.length !== 2) throw new (codes().ERR_OUT_OF_RANGE)('time', 2, before.length);
  let seconds = now[0] - before[0];
  let nanoseconds = now[1] - before[1];
  if (nanoseconds < 0) {
    seconds--;
    nanoseconds += 1e9;
  }
  return [seconds, nanoseconds];
}
hrtime.bigint = function bigint() {
  return native.now();
};

function memoryUsage() {
  const { rss, heapTotal, heapUsed } = native.memory();
  return { rss, heapTotal, heapUsed, external: 0, arrayBuffers: 0 };
}
memoryUsage.rss = function rss() {
  return native.rss();
};

function cpuUsage(before) {
  const { userCPUTime: user = 0, systemCPUTime: system = 0 } = native.usage() || {};
  if (before === undefined) return { user, system };
  check().validateObject(before, 'prevValue');
  for (const name of ['user', 'system']) {
    const value = before[name];
    check().validateNumber(value, `prevValue.${name}`);
    if (!(value >= 0 && value <= Number.MAX_SAFE_INTEGER)) {
      const error = new RangeError(`The property 'prevValue.${name}' is invalid. Received ${value}`);
      error.code = 'ERR_INVALID_ARG_VALUE';
      errors().decorate(error, 'RangeError [ERR_INVALID_ARG_VALUE]');
      throw error;
    }
  }
  return { user: user - before.user, system: system - before.system };
}

const resources = ['userCPUTime', 'systemCPUTime', 'maxRSS', 'sharedMemorySize', 'unsharedDataSize', 'unsharedStackSize',
  'minorPageFault', 'majorPageFault', 'swappedOut', 'fsRead', 'fsWrite', 'ipcSent', 'ipcReceived', 'signalsCount',
  'voluntaryContextSwitches', 'involuntaryContextSwitches'];

define(process, {
  uptime: function uptime() {
    return native.uptime();
  },
  hrtime,
  memoryUsage,
  cpuUsage,
  resourceUsage: function resourceUsage() {
    const used = native.usage() || {};
    return Object.fromEntries(resources.map((name) => [name, used[name] || 0]));
  },
  constrainedMemory: () => 0,
  availableMemory: () => require('os').freemem(),
  getActiveResourcesInfo: () => require('internal/active').resources(),
  _getActiveHandles: () => require('internal/active').handles(),
  _getActiveRequests: () => require('internal/active').requests(),
});

// The system.

function systemError(code, syscall, message) {
  const error = new Error(message);
  const { errno } = require('os').constants;
  error.errno = -errno[code];
  error.code = code;
  error.syscall = syscall;
  return error;
}

define(process, {
  cwd: function cwd() {
    return native.cwd();
  },
  chdir: function chdir(directory) {
    check().validateString(directory, 'directory');
    const from = native.cwd();
    const code = native.chdir(directory);
    if (code === undefined) return;
    const words = { ENOENT: 'no such file or directory', ENOTDIR: 'not a directory', EACCES: 'permission denied' };
    const error = systemError(code, 'chdir', `${code}: ${words[code] || 'failed'}, chdir '${from}' -> '${directory}'`);
    error.path = from;
    error.dest = directory;
    throw error;
  },
  umask: function umask(mask) {
    if (mask === undefined) return native.umask();
    let number = mask;
    if (typeof mask === 'string' && /^[0-7]+$/.test(mask)) number = parseInt(mask, 8);
    if (typeof number === 'string') {
      throw new (codes().ERR_INVALID_ARG_VALUE)('mask', mask, 'must be a 32-bit unsigned integer or an octal string');
    }
    check().validateUint32(number, 'mask');
    return native.umask(number);
  },
  kill: function kill(pid, signal) {
    // eslint-disable-next-line eqeqeq
    if (pid != (pid | 0)) throw new (codes().ERR_INVALID_ARG_TYPE)('pid', 'number', pid);
    let number = signal;
    if (typeof signal === 'number') number = signal;
    else number = signals()[signal || 'SIGTERM'];
    if (number === undefined) {
      const error = new TypeError(`Unknown signal: ${typeof signal === 'string' ? signal : require('internal/inspect').inspect(signal)}`);
      error.code = 'ERR_UNKNOWN_SIGNAL';
      errors().decorate(error, 'TypeError [ERR_UNKNOWN_SIGNAL]');
      throw error;
    }
    const code = native.kill(pid | 0, number);
    if (code !== undefined) throw systemError(code, 'kill', `kill ${code}`);
    return true;
  },
  binding: function binding(name) {
    const error = new Error(`No such module: ${name}`);
    throw error;
  },
  getBuiltinModule: function getBuiltinModule(id) {
    check().validateString(id, 'id');
    const { Module } = require('internal/loader');
    return Module.isBuiltin(id) ? binding('modules').builtin(id.replace(/^node:/, '')) : undefined;
  },
  emitWarning: (...args) => require('internal/warnings').emitWarning(...args),
  report: undefined,
  sourceMapsEnabled: false,
  setSourceMapsEnabled() {},
  openStdin() {
    process.stdin.resume();
    return process.stdin;
  },
});

if (process.platform !== 'win32') {
  const id = (index) => () => native.ids()[index];
  define(process, {
    getuid: id(0),
    geteuid: id(1),
    getgid: id(2),
    getegid: id(3),
    getgroups: () => [...native.groups()],
  });
}

lazy('allowedNodeEnvironmentFlags', () => new Set());

// Signals: one listens for as long as there is a listener.

function signals() {
  return require('os').constants.signals;
}

process.on('newListener', (name) => {
  if (typeof name !== 'string' || !name.startsWith('SIG')) return;
  const number = signals()[name];
  if (number === undefined || process.listenerCount(name) > 0) return;
  if (name === 'SIGKILL' || name === 'SIGSTOP') {
    throw systemError('EINVAL', 'uv_signal_start', 'uv_signal_start EINVAL');
  }
  native.listen(number, () => process.emit(name, name, number));
});

process.on('removeListener', (name) => {
  if (typeof name !== 'string' || !name.startsWith('SIG') || process.listenerCount(name) > 0) return;
  const number = signals()[name];
  if (number !== undefined) native.ignore(number);
});

const quiet = native.env.NODE_NO_WARNINGS === '1' || native.options.includes('--no-warnings') ||
  ` ${native.env.NODE_OPTIONS} `.includes(' --no-warnings ');
if (!quiet) process.on('warning', (warning) => require('internal/warnings').print(warning));

// Whoever takes uncaught errors before the listeners.

let capture = null;

define(process, {
  setUncaughtExceptionCaptureCallback: function setUncaughtExceptionCaptureCallback(fn) {
    if (fn === null) {
      capture = null;
      return;
    }
    if (typeof fn !== 'function') throw new (codes().ERR_INVALID_ARG_TYPE)('fn', ['Function', 'null'], fn);
    if (capture !== null) {
      const error = new Error('`process.setupUncaughtExceptionCapture()` was called while a capture callback was already active');
      error.code = 'ERR_UNCAUGHT_EXCEPTION_CAPTURE_ALREADY_SET';
      errors().decorate(error, 'Error [ERR_UNCAUGHT_EXCEPTION_CAPTURE_ALREADY_SET]');
      throw error;
    }
    capture = fn;
  },
  hasUncaughtExceptionCaptureCallback: function hasUncaughtExceptionCaptureCallback() {
    return capture !== null;
  },
});

// Not a property: bootstrap.js's.
Object.defineProperty(process, Symbol.for('duplex.capture'), { get: () => capture });

// The parent, if it made a channel.
if (native.own && native.env.NODE_CHANNEL_FD !== undefined) {
  const { NODE_CHANNEL_FD: fd, NODE_CHANNEL_SERIALIZATION_MODE: serialization = 'json' } = native.env;
  delete native.env.NODE_CHANNEL_FD;
  delete native.env.NODE_CHANNEL_SERIALIZATION_MODE;
  require('internal/channel').attach(Number(fd), serialization);
}

const standard = () => require('internal/standard');
lazy('stdout', () => standard().output(1));
lazy('stderr', () => standard().output(2));
lazy('stdin', () => standard().input());
