// Copyright 2026 The duplex authors. MIT license.

// Other programs.

'use strict';

const { ChildProcess, signalName, spawnError } = require('internal/child');
const { request, signalNumber } = require('internal/child_request');
const { codes, define, AbortError } = require('internal/errors');
const { validateString, validateFunction, validateObject, validateArray, validateAbortSignal } = require('internal/validators');
const native = binding('child_process');

define('ERR_CHILD_PROCESS_STDIO_MAXBUFFER', RangeError, (name) => `${name} maxBuffer length exceeded`);
define('ERR_CHILD_PROCESS_IPC_REQUIRED', Error, (name) =>
  `Forked processes must have an IPC channel, missing value 'ipc' in ${name}`);

exports.ChildProcess = ChildProcess;

exports.spawn = function spawn(file, args, options) {
  const plan = request(file, args, options);
  const { signal, killSignal, timeout } = plan.options;
  const child = new ChildProcess();
  child.spawn(plan);
  if (timeout > 0) {
    const timer = setTimeout(() => child.kill(killSignal), timeout);
    child.once('exit', () => clearTimeout(timer));
  }
  if (signal) {
    const stop = () => {
      if (child.kill(killSignal)) child.emit('error', new AbortError(undefined, { cause: signal.reason }));
    };
    if (signal.aborted) {
      process.nextTick(stop);
    } else {
      signal.addEventListener('abort', stop, { once: true });
      child.once('exit', () => signal.removeEventListener('abort', stop));
    }
  }
  return child;
};

exports.fork = function fork(modulePath, args = [], options) {
  modulePath = require('internal/fs_arguments').path(modulePath, 'modulePath');
  if (args === null || args === undefined) {
    args = [];
  } else if (typeof args === 'object' && !Array.isArray(args)) {
    options = args;
    args = [];
  } else {
    validateArray(args, 'args');
  }
  if (options !== undefined && options !== null) validateObject(options, 'options');
  options = { ...options, shell: false };
  const { execPath = process.execPath, execArgv = ownOptions(), silent } = options;
  let { stdio } = options;
  if (typeof stdio === 'string') {
    if (!['pipe', 'ignore', 'inherit', 'overlapped'].includes(stdio)) throw new codes.ERR_INVALID_ARG_VALUE('stdio', stdio);
    stdio = [stdio, stdio, stdio, 'ipc'];
  } else if (!Array.isArray(stdio)) {
    const kind = silent ? 'pipe' : 'inherit';
    stdio = [kind, kind, kind, 'ipc'];
  } else if (!stdio.includes('ipc')) {
    throw new codes.ERR_CHILD_PROCESS_IPC_REQUIRED('options.stdio');
  }
  return exports.spawn(execPath, [...execArgv, modulePath, ...args], { ...options, stdio });
};

// ownOptions returns those that a script of ours is to have as well.
function ownOptions() {
  const at = process._eval === undefined ? -1 : process.execArgv.lastIndexOf(process._eval);
  return at > 0 ? process.execArgv.toSpliced(at - 1, 2) : process.execArgv;
}

// readers returns the arguments of execFile, of which all but the first may be left
// out.
function readers(args, options, callback) {
  if (args !== undefined && args !== null && !Array.isArray(args)) {
    if (typeof args !== 'object' && typeof args !== 'function') throw new codes.ERR_INVALID_ARG_TYPE('args', 'object', args);
    [args, options, callback] = [undefined, args, options];
  }
  if (typeof options === 'function') [options, callback] = [undefined, options];
  if (options !== undefined && options !== null) validateObject(options, 'options');
  if (callback !== undefined && callback !== null) validateFunction(callback, 'callback');
  return { args: args || [], options: { ...options }, callback };
}

function validateMaxBuffer(maxBuffer) {
  if (maxBuffer === undefined || maxBuffer === null) return;
  if (typeof maxBuffer !== 'number' || !(maxBuffer >= 0)) {
    throw new codes.ERR_OUT_OF_RANGE('options.maxBuffer', 'a positive number', maxBuffer);
  }
}

exports.execFile = function execFile(file, args, options, callback) {
  ({ args, options, callback } = readers(args, options, callback));
  const { encoding = 'utf8', maxBuffer = 1024 * 1024 } = options;
  validateMaxBuffer(maxBuffer);
  const child = exports.spawn(file, args, { ...options, stdio: 'pipe' });
  const text = Buffer.isEncoding(encoding);
  const output = { stdout: [], stderr: [] };
  let failure = null;
  for (const name of ['stdout', 'stderr']) {
    if (text) child[name].setEncoding(encoding);
    let size = 0;
    child[name].on('data', (chunk) => {
      if (size > maxBuffer) return;
      size += chunk.length;
      output[name].push(size <= maxBuffer ? chunk : chunk.slice(0, chunk.length - (size - maxBuffer)));
      if (size <= maxBuffer) return;
      failure ??= new codes.ERR_CHILD_PROCESS_STDIO_MAXBUFFER(name);
      child.stdout.destroy();
      child.stderr.destroy();
      child.kill(options.killSignal);
    });
  }
  child.on('error', (error) => {
    failure = error;
    child.stdout.destroy();
    child.stderr.destroy();
  });
  child.on('close', (code, signal) => {
    if (!callback) return;
    const [stdout, stderr] = [output.stdout, output.stderr].map((chunks) => (text ? chunks.join('') : Buffer.concat(chunks)));
    const cmd = options.shell ? file : [file, ...args].join(' ');
    if (failure === null && (code !== 0 || signal !== null)) {
      failure = new Error(`Command failed: ${cmd}\n${stderr}`);
      Object.assign(failure, { code, killed: child.killed, signal });
    }
    if (failure !== null) failure.cmd = cmd;
    callback(failure, stdout, stderr);
  });
  return child;
};

exports.exec = function exec(command, options, callback) {
  if (typeof options === 'function') [options, callback] = [undefined, options];
  validateString(command, 'command');
  return exports.execFile(command, { ...options, shell: typeof options?.shell === 'string' ? options.shell : true }, callback);
};

const symbol = Symbol.for('nodejs.util.promisify.custom');
for (const name of ['exec', 'execFile']) {
  Object.defineProperty(exports[name], symbol, {
    value(...args) {
      let child;
      const promise = new Promise((resolve, reject) => {
        child = exports[name](...args, (error, stdout, stderr) => {
          if (error === null) resolve({ stdout, stderr });
          else reject(Object.assign(error, { stdout, stderr }));
        });
      });
      promise.child = child;
      return promise;
    },
  });
}

exports.spawnSync = function spawnSync(file, args, options) {
  const plan = request(file, args, options, true);
  const { timeout = 0, encoding, killSignal = 'SIGTERM', maxBuffer = 1024 * 1024 } = plan.options;
  validateMaxBuffer(maxBuffer);
  const input = inputOf(plan);
  const most = maxBuffer === Infinity ? -1 : maxBuffer;
  const [errno, pid, code, signal, texts] = native.run(plan, input, timeout, signalNumber(killSignal), most);
  const shown = (data) => {
    if (data === null) return null;
    return encoding && encoding !== 'buffer' ? data.toString(encoding) : data;
  };
  const output = texts && [...texts].map(shown);
  const result = {
    status: signal || code < 0 ? null : code,
    signal: signalName(signal),
    output,
    pid,
    stdout: output && output[1],
    stderr: output && output[2],
  };
  return errno === 0 ? result : { error: spawnError(errno, `spawnSync ${plan.file}`, plan), ...result };
};

// inputOf returns the bytes that a program finds in its stdin.
function inputOf(plan) {
  const input = plan.ends[0].input ?? plan.options.input ?? undefined;
  if (input === undefined || ArrayBuffer.isView(input)) return input;
  if (typeof input === 'string') return Buffer.from(input, Buffer.isEncoding(plan.options.encoding) ? plan.options.encoding : 'utf8');
  throw new codes.ERR_INVALID_ARG_TYPE('options.stdio[0]', ['string', 'Buffer', 'TypedArray', 'DataView'], input);
}

// checked returns what a program has printed, or throws what went wrong.
function checked(result, options, command) {
  if (!options?.stdio && result.stderr) process.stderr.write(result.stderr);
  if (result.error) throw Object.assign(result.error, result);
  if (result.status !== 0) {
    const text = result.stderr && result.stderr.length > 0 ? `\n${result.stderr.toString()}` : '';
    throw Object.assign(new Error(`Command failed: ${command}${text}`), result);
  }
  return result.stdout;
}

exports.execFileSync = function execFileSync(file, args, options) {
  if (args && !Array.isArray(args)) [args, options] = [[], args];
  const result = exports.spawnSync(file, args, options);
  return checked(result, options, [options?.argv0 ?? file, ...(args || [])].join(' '));
};

exports.execSync = function execSync(command, options) {
  validateString(command, 'command');
  const shell = typeof options?.shell === 'string' ? options.shell : true;
  return checked(exports.spawnSync(command, [], { ...options, shell }), options, command);
};
