// Copyright 2026 The duplex authors. MIT license.

// What the machine and its system are.

'use strict';

const { codes } = require('internal/errors');
const { validateInt32 } = require('internal/validators');
const native = binding('os');

const errno = { E2BIG: 7, EACCES: 13, EADDRINUSE: 98, EADDRNOTAVAIL: 99, EAFNOSUPPORT: 97, EAGAIN: 11, EALREADY: 114, EBADF: 9,
  EBADMSG: 74, EBUSY: 16, ECANCELED: 125, ECHILD: 10, ECONNABORTED: 103, ECONNREFUSED: 111, ECONNRESET: 104, EDEADLK: 35,
  EDESTADDRREQ: 89, EDOM: 33, EDQUOT: 122, EEXIST: 17, EFAULT: 14, EFBIG: 27, EHOSTUNREACH: 113, EIDRM: 43, EILSEQ: 84,
  EINPROGRESS: 115, EINTR: 4, EINVAL: 22, EIO: 5, EISCONN: 106, EISDIR: 21, ELOOP: 40, EMFILE: 24, EMLINK: 31, EMSGSIZE: 90,
  EMULTIHOP: 72, ENAMETOOLONG: 36, ENETDOWN: 100, ENETRESET: 102, ENETUNREACH: 101, ENFILE: 23, ENOBUFS: 105, ENODATA: 61,
  ENODEV: 19, ENOENT: 2, ENOEXEC: 8, ENOLCK: 37, ENOLINK: 67, ENOMEM: 12, ENOMSG: 42, ENOPROTOOPT: 92, ENOSPC: 28, ENOSR: 63,
  ENOSTR: 60, ENOSYS: 38, ENOTCONN: 107, ENOTDIR: 20, ENOTEMPTY: 39, ENOTSOCK: 88, ENOTSUP: 95, ENOTTY: 25, ENXIO: 6,
  EOPNOTSUPP: 95, EOVERFLOW: 75, EPERM: 1, EPIPE: 32, EPROTO: 71, EPROTONOSUPPORT: 93, EPROTOTYPE: 91, ERANGE: 34, EROFS: 30,
  ESPIPE: 29, ESRCH: 3, ESTALE: 116, ETIME: 62, ETIMEDOUT: 110, ETXTBSY: 26, EWOULDBLOCK: 11, EXDEV: 18 };
const signals = { SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGILL: 4, SIGTRAP: 5, SIGABRT: 6, SIGIOT: 6, SIGBUS: 7, SIGFPE: 8,
  SIGKILL: 9, SIGUSR1: 10, SIGSEGV: 11, SIGUSR2: 12, SIGPIPE: 13, SIGALRM: 14, SIGTERM: 15, SIGCHLD: 17, SIGSTKFLT: 16,
  SIGCONT: 18, SIGSTOP: 19, SIGTSTP: 20, SIGTTIN: 21, SIGTTOU: 22, SIGURG: 23, SIGXCPU: 24, SIGXFSZ: 25, SIGVTALRM: 26,
  SIGPROF: 27, SIGWINCH: 28, SIGIO: 29, SIGPOLL: 29, SIGPWR: 30, SIGSYS: 31 };
const priority = { PRIORITY_LOW: 19, PRIORITY_BELOW_NORMAL: 10, PRIORITY_NORMAL: 0, PRIORITY_ABOVE_NORMAL: -7,
  PRIORITY_HIGH: -14, PRIORITY_HIGHEST: -20 };
const dlopen = { RTLD_LAZY: 1, RTLD_NOW: 2, RTLD_GLOBAL: 256, RTLD_LOCAL: 0, RTLD_DEEPBIND: 8 };

const plain = (object) => Object.assign(Object.create(null), object);

const windows = process.platform === 'win32';

Object.assign(exports, {
  arch: () => process.arch,
  availableParallelism: () => native.parallel(),
  cpus: () => native.cpus(),
  endianness: () => native.endianness(),
  freemem: () => native.memory()[1],
  getPriority(pid = 0) {
    validateInt32(pid, 'pid');
    return native.getPriority(pid);
  },
  homedir: () => process.env[windows ? 'USERPROFILE' : 'HOME'] || native.user().homedir,
  hostname: () => native.hostname(),
  loadavg: () => native.loads(),
  networkInterfaces: () => native.interfaces(),
  platform: () => process.platform,
  release: () => native.release,
  setPriority(pid, value = pid) {
    if (arguments.length < 2) pid = 0;
    validateInt32(pid, 'pid');
    validateInt32(value, 'priority', -20, 19);
    native.setPriority(pid, value);
  },
  tmpdir() {
    const { env } = process;
    if (windows) return (env.TEMP || env.TMP || `${env.SystemRoot || env.windir}\\temp`).replace(/(?<=[^:])\\$/, '');
    const path = env.TMPDIR || env.TMP || env.TEMP || '/tmp';
    return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
  },
  totalmem: () => native.memory()[0],
  type: () => native.type,
  userInfo(options) {
    if (options !== undefined && (options === null || typeof options !== 'object')) {
      throw new codes.ERR_INVALID_ARG_TYPE('options', 'object', options);
    }
    const user = plain(native.user());
    if (options && options.encoding === 'buffer') {
      for (const name of ['username', 'homedir', 'shell']) if (user[name] !== null) user[name] = Buffer.from(user[name]);
    }
    return user;
  },
  uptime: () => native.uptime(),
  version: () => native.version,
  machine: () => native.machine,
});

for (const name of ['arch', 'availableParallelism', 'endianness', 'freemem', 'homedir', 'hostname', 'platform', 'release', 'tmpdir', 'totalmem', 'type', 'uptime', 'version', 'machine']) {
  const f = exports[name];
  Object.defineProperty(f, Symbol.toPrimitive, { value: () => f(), configurable: true });
}

Object.defineProperties(exports, {
  constants: {
    value: Object.freeze(plain({ UV_UDP_REUSEADDR: 4, dlopen: plain(dlopen), errno: plain(errno), signals: Object.freeze(plain(signals)), priority: plain(priority) })),
    enumerable: true,
  },
  EOL: { value: windows ? '\r\n' : '\n', enumerable: true, configurable: true },
  devNull: { value: windows ? '\\\\.\\nul' : '/dev/null', enumerable: true, configurable: true },
});
