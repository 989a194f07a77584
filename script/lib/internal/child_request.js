// Copyright 2026 The duplex authors. MIT license.

// What spawn and its like are asked for.

'use strict';

const { codes, define } = require('internal/errors');
const { validateString, validateBoolean, validateObject, validateAbortSignal } = require('internal/validators');
const { signals } = require('os').constants;

define('ERR_UNKNOWN_SIGNAL', TypeError, (signal) => `Unknown signal: ${signal}`);
define('ERR_IPC_ONE_PIPE', Error, 'Child process can have only one IPC pipe');
define('ERR_IPC_SYNC_FORK', Error, 'IPC cannot be used with synchronous forks');
define('ERR_INVALID_SYNC_FORK_INPUT', TypeError, (input) =>
  `Asynchronous forks do not support Buffer, TypedArray, DataView or string input: ${input}`);

// signalNumber returns the number of a signal that is known.
function signalNumber(signal) {
  if (typeof signal === 'number' && Object.values(signals).includes(signal)) return signal;
  const number = typeof signal === 'string' ? signals[signal.toUpperCase()] : undefined;
  if (number === undefined) throw new codes.ERR_UNKNOWN_SIGNAL(signal);
  return number;
}
exports.signalNumber = signalNumber;

function withoutNull(value, name) {
  if (value.includes('\0')) throw new codes.ERR_INVALID_ARG_VALUE(name, value, 'must be a string without null bytes');
  return value;
}

const given = (value) => value !== undefined && value !== null;

function validateId(value, name) {
  if (given(value) && !(Number.isInteger(value) && value === (value | 0))) throw new codes.ERR_INVALID_ARG_TYPE(name, 'int32', value);
}

// request reads the arguments. Sync says that the script will wait for the end.
exports.request = function (file, args, options, sync = false) {
  validateString(file, 'file');
  withoutNull(file, 'file');
  if (file.length === 0) throw new codes.ERR_INVALID_ARG_VALUE('file', file, 'cannot be empty');
  if (Array.isArray(args)) {
    args = [...args];
  } else if (!given(args)) {
    args = [];
  } else if (typeof args !== 'object') {
    throw new codes.ERR_INVALID_ARG_TYPE('args', 'object', args);
  } else {
    options = args;
    args = [];
  }
  args = args.map((arg, i) => withoutNull(String(arg), `args[${i}]`));
  if (options === undefined) options = {};
  else validateObject(options, 'options');
  validate(options);
  const plan = { file, args: [options.argv0 ?? file, ...args], options };
  if (options.shell) {
    plan.file = typeof options.shell === 'string' ? options.shell : defaultShell();
    plan.args = [plan.file, ...shellFlags(plan.file), [file, ...args].join(' ')];
  }
  plan.env = environment(options.env || process.env);
  if (given(options.cwd)) plan.cwd = require('internal/fs_arguments').path(options.cwd, 'options.cwd');
  plan.detached = Boolean(options.detached);
  plan.uid = options.uid ?? undefined;
  plan.gid = options.gid ?? undefined;
  plan.ends = ends(options.stdio ?? 'pipe', sync);
  const channel = plan.ends.findIndex((end) => end.type === 'ipc');
  if (channel >= 0) {
    plan.env.push(`NODE_CHANNEL_FD=${channel}`, `NODE_CHANNEL_SERIALIZATION_MODE=${options.serialization || 'json'}`);
  }
  plan.stdio = plan.ends.map((end) => end.from ?? end.type);
  return plan;
};

function validate(options) {
  if (given(options.cwd)) require('internal/fs_arguments').path(options.cwd, 'options.cwd');
  for (const name of ['detached', 'windowsHide', 'windowsVerbatimArguments']) {
    if (given(options[name])) validateBoolean(options[name], `options.${name}`);
  }
  validateId(options.uid, 'options.uid');
  validateId(options.gid, 'options.gid');
  if (given(options.shell) && typeof options.shell !== 'boolean' && typeof options.shell !== 'string') {
    throw new codes.ERR_INVALID_ARG_TYPE('options.shell', ['boolean', 'string'], options.shell);
  }
  if (given(options.argv0)) validateString(options.argv0, 'options.argv0');
  const { timeout, killSignal, serialization } = options;
  if (given(timeout) && !(Number.isInteger(timeout) && timeout >= 0)) {
    throw new codes.ERR_OUT_OF_RANGE('timeout', 'an unsigned integer', timeout);
  }
  if (given(killSignal)) {
    if (typeof killSignal !== 'string' && typeof killSignal !== 'number') {
      throw new codes.ERR_INVALID_ARG_TYPE('options.killSignal', ['string', 'number'], killSignal);
    }
    signalNumber(killSignal);
  }
  if (![undefined, 'json', 'advanced'].includes(serialization)) {
    throw new codes.ERR_INVALID_ARG_VALUE('options.serialization', serialization, "must be one of: undefined, 'json', 'advanced'");
  }
  if (serialization === 'advanced') throw new codes.ERR_FEATURE_UNAVAILABLE_ON_PLATFORM("serialization: 'advanced'");
  validateAbortSignal(options.signal, 'options.signal');
}

function defaultShell() {
  return process.platform === 'win32' ? process.env.comspec || 'cmd.exe' : '/bin/sh';
}

const shellFlags = (shell) => (/^(?:.*\\)?cmd(?:\.exe)?$/i.test(shell) ? ['/d', '/s', '/c'] : ['-c']);

function environment(env) {
  const entries = [];
  for (const name in env) { // inherited ones, too
    if (env[name] !== undefined) entries.push(withoutNull(`${name}=${env[name]}`, `options.env['${name}']`));
  }
  return entries;
}

// ends returns what each descriptor of the program is: its type, and from, if it is
// one of the script's.
function ends(stdio, sync) {
  if (typeof stdio === 'string') {
    if (!['pipe', 'overlapped', 'ignore', 'inherit'].includes(stdio)) throw new codes.ERR_INVALID_ARG_VALUE('stdio', stdio);
    stdio = [stdio, stdio, stdio];
  } else if (!Array.isArray(stdio)) {
    throw new codes.ERR_INVALID_ARG_VALUE('stdio', stdio);
  }
  while (stdio.length < 3) stdio.push(undefined); // the caller's, as in Node
  let channel = false;
  return stdio.map((value, i) => {
    value ??= i < 3 ? 'pipe' : 'ignore';
    switch (value) {
      case 'ignore':
        return { type: 'ignore' };
      case 'pipe':
      case 'overlapped':
        return { type: 'pipe' };
      case 'ipc':
        if (sync) throw new codes.ERR_IPC_SYNC_FORK();
        if (channel) throw new codes.ERR_IPC_ONE_PIPE();
        channel = true;
        return { type: 'ipc' };
      case 'inherit':
        return { type: 'inherit', from: i };
    }
    if (value < 0) return { type: 'ignore' };
    if (typeof value === 'number' || typeof value.fd === 'number') return { type: 'fd', from: value.fd ?? value };
    const handle = require('internal/net_handle').nativeOf(value) ?? require('internal/net_handle').nativeOf(value._handle);
    if (handle !== undefined) return { type: 'wrap', from: handle };
    if (typeof value === 'string' || ArrayBuffer.isView(value)) {
      if (!sync) throw new codes.ERR_INVALID_SYNC_FORK_INPUT(require('internal/inspect').inspect(value));
      return { type: 'pipe', input: value };
    }
    throw new codes.ERR_INVALID_ARG_VALUE('stdio', value);
  });
}
