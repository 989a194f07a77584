// Copyright 2026 The duplex authors. MIT license.

// Other programs.

'use strict';

const EventEmitter = require('events');
const { codes, define, AbortError } = require('internal/errors');
const { validateString, validateFunction } = require('internal/validators');
const uv = require('internal/uv');
const native = binding('child_process');
const { signals } = require('os').constants;

define('ERR_FEATURE_UNAVAILABLE_ON_PLATFORM', TypeError, (feature) =>
  `${feature} is unavailable on the current platform, which is being used to run duplex`);
define('ERR_UNKNOWN_SIGNAL', TypeError, (signal) => `Unknown signal: ${signal}`);
define('ERR_CHILD_PROCESS_STDIO_MAXBUFFER', RangeError, (name) => `${name} maxBuffer length exceeded`);

const signalName = (number) => (number ? Object.keys(signals).find((name) => signals[name] === number) : null);

function signalNumber(signal) {
  if (typeof signal === 'number') return signal;
  const number = signals[`${signal}`.toUpperCase()];
  if (number === undefined) throw new codes.ERR_UNKNOWN_SIGNAL(signal);
  return number;
}

// request reads the arguments of spawn and of its like.
function request(file, args, options) {
  validateString(file, 'file');
  if (file === '') throw new codes.ERR_INVALID_ARG_VALUE('file', file, 'cannot be empty');
  if (args !== undefined && args !== null && !Array.isArray(args)) {
    if (typeof args !== 'object') throw new codes.ERR_INVALID_ARG_TYPE('args', 'object', args);
    options = args;
    args = [];
  }
  if (options === null || (options !== undefined && typeof options !== 'object')) {
    throw new codes.ERR_INVALID_ARG_TYPE('options', 'object', options);
  }
  options = { ...options };
  args = (args || []).map(String);
  let { stdio = 'pipe' } = options;
  if (typeof stdio === 'string') stdio = [stdio, stdio, stdio];
  stdio = [0, 1, 2].map((fd) => {
    const kind = stdio[fd] ?? 'pipe';
    if (kind === 'pipe' || kind === 'ignore' || kind === 'inherit') return kind;
    if (kind === fd || (kind !== null && typeof kind === 'object' && kind.fd === fd)) return 'inherit';
    throw new codes.ERR_INVALID_ARG_VALUE('stdio', kind);
  });
  const spawnargs = [options.argv0 || file, ...args];
  if (options.shell) {
    const shell = typeof options.shell === 'string' ? options.shell : '/bin/sh';
    return { file: shell, args: [shell, '-c', [file, ...args].join(' ')], stdio, options, ...place(options) };
  }
  return { file, args: spawnargs, stdio, options, ...place(options) };
}

function place({ cwd, env = process.env }) {
  if (cwd !== undefined && cwd !== null) cwd = require('internal/fs_arguments').path(cwd, 'options.cwd');
  return { cwd, env: Object.keys(env).filter((name) => env[name] !== undefined).map((name) => `${name}=${env[name]}`) };
}

function spawnError(errno, what, { args }) {
  const error = uv.errnoException(errno, what);
  error.path = args[0];
  error.spawnargs = args.slice(1);
  return error;
}

class ChildProcess extends EventEmitter {
  #handle;
  #open = 1; // its streams, and itself

  constructor() {
    super();
    this.signalCode = null;
    this.exitCode = null;
    this.killed = false;
    this.connected = false;
  }

  spawn(plan) {
    const { Readable, Writable } = require('stream');
    this.spawnfile = plan.file;
    this.spawnargs = plan.args;
    const outputs = [null, null, null];
    const handle = native.spawn(plan, (code, signal) => this.#exit(code, signalName(signal)), (fd, chunk) => outputs[fd].push(chunk));
    const failed = typeof handle === 'number';
    const stdin = plan.stdio[0] !== 'pipe' ? null : new Writable({
      write(chunk, encoding, callback) {
        if (failed) callback();
        else handle.write(chunk, (errno) => callback(errno === 0 ? null : uv.errnoException(errno, 'write')));
      },
      final(callback) {
        if (!failed) handle.end();
        callback();
      },
      destroy(error, callback) {
        if (!failed) handle.end();
        callback(error);
      },
    });
    for (const fd of [1, 2]) {
      if (plan.stdio[fd] !== 'pipe') continue;
      this.#open++;
      outputs[fd] = new Readable({ read() {} });
      outputs[fd].once('close', () => this.#maybeClose());
    }
    [this.stdin, this.stdout, this.stderr] = [stdin, outputs[1], outputs[2]];
    this.stdio = [stdin, outputs[1], outputs[2]];
    if (failed) {
      process.nextTick(() => {
        this.emit('error', spawnError(handle, `spawn ${plan.file}`, plan));
        for (const output of outputs) if (output) output.push(null), output.resume();
        this.exitCode = handle;
        this.#maybeClose();
      });
      return;
    }
    this.#handle = handle;
    this.pid = handle.pid;
    process.nextTick(() => this.emit('spawn'));
  }

  #exit(code, signal) {
    this.#handle = undefined;
    if (signal) this.signalCode = signal;
    else this.exitCode = code;
    if (this.stdin) this.stdin.destroy();
    this.emit('exit', this.exitCode, this.signalCode);
    // Output that nobody reads must not keep it from closing.
    process.nextTick(() => {
      for (const output of [this.stdout, this.stderr]) {
        if (output && !output.readableFlowing && output.listenerCount('readable') === 0) output.resume();
      }
    });
    this.#maybeClose();
  }

  #maybeClose() {
    if (--this.#open === 0) this.emit('close', this.exitCode, this.signalCode);
  }

  kill(signal = 'SIGTERM') {
    const number = signalNumber(signal);
    if (this.#handle === undefined || this.#handle.kill(number) !== 0) return false;
    this.killed = true;
    return true;
  }

  ref() {}

  unref() {}
}
exports.ChildProcess = ChildProcess;

exports.spawn = function spawn(file, args, options) {
  const plan = request(file, args, options);
  const child = new ChildProcess();
  child.spawn(plan);
  const { signal, killSignal, timeout } = plan.options;
  if (timeout > 0) {
    const timer = setTimeout(() => child.kill(killSignal), timeout);
    child.once('exit', () => clearTimeout(timer));
  }
  if (signal) {
    const stop = () => {
      if (child.kill(killSignal)) child.emit('error', new AbortError(undefined, { cause: signal.reason }));
    };
    if (signal.aborted) process.nextTick(stop);
    else {
      signal.addEventListener('abort', stop, { once: true });
      child.once('exit', () => signal.removeEventListener('abort', stop));
    }
  }
  return child;
};

exports.execFile = function execFile(file, ...rest) {
  const args = Array.isArray(rest[0]) ? rest.shift() : [];
  const options = rest[0] !== null && typeof rest[0] === 'object' ? rest.shift() : {};
  const callback = rest.find((value) => value !== undefined && value !== null);
  if (callback !== undefined) validateFunction(callback, 'callback');
  const { encoding = 'utf8', maxBuffer = 1024 * 1024 } = options;
  const child = exports.spawn(file, args, { ...options, stdio: 'pipe' });
  const chunks = { stdout: [], stderr: [] };
  let failure = null;
  for (const name of ['stdout', 'stderr']) {
    let size = 0;
    child[name].on('data', (chunk) => {
      size += chunk.length;
      if (size <= maxBuffer) {
        chunks[name].push(chunk);
        return;
      }
      chunks[name].push(chunk.subarray(0, chunk.length - (size - maxBuffer)));
      failure = new codes.ERR_CHILD_PROCESS_STDIO_MAXBUFFER(name);
      child.kill(options.killSignal);
    });
  }
  const output = (name) => {
    const all = Buffer.concat(chunks[name]);
    return encoding && encoding !== 'buffer' ? all.toString(encoding) : all;
  };
  child.on('error', (error) => {
    failure = error;
  });
  child.on('close', (code, signal) => {
    if (!callback) return;
    const [stdout, stderr] = [output('stdout'), output('stderr')];
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
  if (typeof options === 'function') {
    callback = options;
    options = undefined;
  }
  validateString(command, 'command');
  return exports.execFile(command, { ...options, shell: (options && options.shell) || true }, callback);
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
  const plan = request(file, args, options);
  const { input, timeout = 0, encoding } = plan.options;
  const bytes = typeof input === 'string' ? Buffer.from(input) : input;
  const [errno, pid, code, signal, stdout, stderr] = native.run(plan, bytes, timeout);
  const shown = (data, fd) => {
    if (data === null || plan.stdio[fd] !== 'pipe') return null;
    return encoding && encoding !== 'buffer' ? data.toString(encoding) : data;
  };
  const output = stdout === null ? null : [null, shown(stdout, 1), shown(stderr, 2)];
  const result = {
    error: undefined,
    status: signal || code < 0 ? null : code,
    signal: signalName(signal),
    output,
    pid,
    stdout: output && output[1],
    stderr: output && output[2],
  };
  if (errno !== 0) result.error = spawnError(errno, `spawnSync ${plan.file}`, plan);
  else delete result.error;
  return result;
};

// checked returns what a program has printed, or throws what went wrong.
function checked(result, options, command) {
  if (result.stderr && result.stderr.length > 0 && !(options && options.stdio)) process.stderr.write(result.stderr);
  if (result.error) throw Object.assign(result.error, result);
  if (result.status !== 0) {
    const text = result.stderr && result.stderr.length > 0 ? `\n${result.stderr.toString()}` : '';
    throw Object.assign(new Error(`Command failed: ${command}${text}`), result);
  }
  return result.stdout;
}

exports.execFileSync = function execFileSync(file, args, options) {
  if (args && !Array.isArray(args)) [args, options] = [[], args];
  return checked(exports.spawnSync(file, args, options), options, [file, ...(args || [])].join(' '));
};

exports.execSync = function execSync(command, options) {
  validateString(command, 'command');
  return checked(exports.spawnSync(command, [], { ...options, shell: (options && options.shell) || true }), options, command);
};

exports.fork = function fork() {
  throw new codes.ERR_FEATURE_UNAVAILABLE_ON_PLATFORM('child_process.fork()');
};
