// Copyright 2026 The duplex authors. MIT license.

// The arguments of fs's functions, and its errors.

'use strict';

const { codes, AbortError } = require('internal/errors');
const { validateInteger, validateInt32, validateAbortSignal } = require('internal/validators');
const uv = require('internal/uv');

const constants = Object.assign(Object.create(null), {
  UV_FS_SYMLINK_DIR: 1, UV_FS_SYMLINK_JUNCTION: 2, O_RDONLY: 0, O_WRONLY: 1, O_RDWR: 2, UV_DIRENT_UNKNOWN: 0,
  UV_DIRENT_FILE: 1, UV_DIRENT_DIR: 2, UV_DIRENT_LINK: 3, UV_DIRENT_FIFO: 4, UV_DIRENT_SOCKET: 5, UV_DIRENT_CHAR: 6,
  UV_DIRENT_BLOCK: 7, EXTENSIONLESS_FORMAT_JAVASCRIPT: 0, EXTENSIONLESS_FORMAT_WASM: 1, S_IFMT: 61440, S_IFREG: 32768,
  S_IFDIR: 16384, S_IFCHR: 8192, S_IFBLK: 24576, S_IFIFO: 4096, S_IFLNK: 40960, S_IFSOCK: 49152, O_CREAT: 64,
  O_EXCL: 128, UV_FS_O_FILEMAP: 0, O_NOCTTY: 256, O_TRUNC: 512, O_APPEND: 1024, O_DIRECTORY: 65536, O_NOATIME: 262144,
  O_NOFOLLOW: 131072, O_SYNC: 1052672, O_DSYNC: 4096, O_DIRECT: 16384, O_NONBLOCK: 2048, S_IRWXU: 448, S_IRUSR: 256,
  S_IWUSR: 128, S_IXUSR: 64, S_IRWXG: 56, S_IRGRP: 32, S_IWGRP: 16, S_IXGRP: 8, S_IRWXO: 7, S_IROTH: 4, S_IWOTH: 2,
  S_IXOTH: 1, F_OK: 0, R_OK: 4, W_OK: 2, X_OK: 1, UV_FS_COPYFILE_EXCL: 1, COPYFILE_EXCL: 1, UV_FS_COPYFILE_FICLONE: 2,
  COPYFILE_FICLONE: 2, UV_FS_COPYFILE_FICLONE_FORCE: 4, COPYFILE_FICLONE_FORCE: 4,
});
exports.constants = constants;

// failure makes the error of an operation; refused is what the host said.
exports.failure = function (errno, syscall, path, dest, refused, op) {
  if (refused !== undefined) {
    const error = new Error(refused);
    error.code = 'ERR_ACCESS_DENIED';
    error.permission = op === 'write' ? 'FileSystemWrite' : 'FileSystemRead';
    error.resource = path;
    return error;
  }
  const code = uv.name(errno);
  const message = uv.message(errno);
  if (syscall === 'rm' && code === 'EISDIR') {
    const error = new Error(`Path is a directory: rm returned EISDIR (is a directory) ${path}`);
    const info = { code, message: 'is a directory', path, syscall, errno: -errno };
    Object.assign(error, { code: 'ERR_FS_EISDIR', info, errno: -errno, syscall, path });
    Object.defineProperty(error, 'name', { value: 'SystemError', writable: true, configurable: true });
    require('internal/errors').decorate(error, 'SystemError [ERR_FS_EISDIR]');
    return error;
  }
  const place = path === undefined ? '' : ` '${path}'${dest === undefined ? '' : ` -> '${dest}'`}`;
  const error = new Error(`${code}: ${message}, ${syscall}${place}`);
  error.errno = errno;
  error.code = code;
  error.syscall = syscall;
  if (path !== undefined) error.path = path;
  if (dest !== undefined) error.dest = dest;
  return error;
};

// brief takes the frames from the stack of an error that no code of the script's
// has caused right now.
exports.brief = function (error) {
  const stack = String(error.stack);
  const end = stack.indexOf('\n    at ');
  if (end >= 0) Object.defineProperty(error, 'stack', { value: stack.slice(0, end), writable: true, configurable: true });
  return error;
};

// renamed tells an error of another call.
exports.renamed = function (error, syscall) {
  if (error.syscall === undefined) return error;
  return exports.failure(error.errno, syscall, error.path);
};

exports.during = function (syscall, f) {
  try {
    return f();
  } catch (error) {
    throw exports.renamed(error, syscall);
  }
};

exports.path = function (path, name = 'path') {
  if (typeof path === 'string') {
    if (path.includes('\0')) refuse(path, name);
    return path;
  }
  if (path !== null && typeof path === 'object' && path.href && path.protocol && path.auth === undefined && path.path === undefined) {
    return exports.path(require('url').fileURLToPath(path), name);
  }
  if (path instanceof Uint8Array) {
    if (path.includes(0)) refuse(path, name);
    return Buffer.from(path.buffer, path.byteOffset, path.byteLength).toString();
  }
  throw new codes.ERR_INVALID_ARG_TYPE(name, ['string', 'Buffer', 'URL'], path);
};

function refuse(path, name) {
  throw new codes.ERR_INVALID_ARG_VALUE(name, path, 'must be a string, Uint8Array, or URL without null bytes');
}

exports.isDescriptor = (path) => typeof path === 'number' && (path | 0) === path;

exports.descriptor = function (fd) {
  validateInt32(fd, 'fd', 0);
  return fd;
};

exports.encodingOf = ({ encoding }) => encoding;

exports.optionsOf = function (options, otherwise = {}) {
  if (options === undefined || options === null || typeof options === 'function') return otherwise;
  if (typeof options === 'string') options = { encoding: options };
  else if (typeof options !== 'object') throw new codes.ERR_INVALID_ARG_TYPE('options', ['string', 'Object'], options);
  const { encoding, signal } = options;
  if (encoding && encoding !== 'buffer' && !Buffer.isEncoding(encoding)) {
    throw new codes.ERR_INVALID_ARG_VALUE('encoding', encoding, 'is invalid encoding');
  }
  if (signal !== undefined) validateAbortSignal(signal, 'options.signal');
  return options;
};

const { O_RDWR, O_WRONLY, O_CREAT, O_TRUNC, O_APPEND, O_EXCL, O_SYNC } = constants;
const flags = new Map([
  ['r', 0], ['rs', O_SYNC], ['sr', O_SYNC], ['r+', O_RDWR], ['rs+', O_RDWR | O_SYNC], ['sr+', O_RDWR | O_SYNC],
]);
for (const [letter, bits] of [['w', O_CREAT | O_TRUNC], ['a', O_CREAT | O_APPEND]]) {
  for (const [others, more] of [['', 0], ['x', O_EXCL]]) {
    for (const name of others ? [letter + others, others + letter] : [letter]) {
      flags.set(name, bits | more | O_WRONLY);
      flags.set(`${name}+`, bits | more | O_RDWR);
    }
  }
}
flags.set('as', O_APPEND | O_CREAT | O_WRONLY | O_SYNC).set('sa', O_APPEND | O_CREAT | O_WRONLY | O_SYNC);
flags.set('as+', O_APPEND | O_CREAT | O_RDWR | O_SYNC).set('sa+', O_APPEND | O_CREAT | O_RDWR | O_SYNC);

exports.flagsOf = function (value, name = 'flags') {
  if (typeof value === 'number') {
    validateInt32(value, name);
    return value;
  }
  if (value === null || value === undefined) return 0;
  if (!flags.has(value)) throw new codes.ERR_INVALID_ARG_VALUE('flags', value);
  return flags.get(value);
};

exports.modeOf = function (value, name, otherwise = undefined) {
  value ??= otherwise;
  if (typeof value === 'string') {
    if (!/^[0-7]+$/.test(value)) {
      throw new codes.ERR_INVALID_ARG_VALUE(name, value, 'must be a 32-bit unsigned integer or an octal string');
    }
    return parseInt(value, 8);
  }
  validateInteger(value, name, 0, 2 ** 32 - 1);
  return value;
};

exports.timeOf = function (time, name = 'time') {
  if (typeof time === 'string' && time.trim() !== '' && !Number.isNaN(Number(time))) return Number(time);
  if (typeof time === 'number' && Number.isFinite(time)) return time < 0 ? Date.now() / 1000 : time;
  if (time instanceof Date) return time.getTime() / 1000;
  throw new codes.ERR_INVALID_ARG_TYPE(name, ['Date', 'Time in seconds'], time);
};

exports.bytesOf = function (data, encoding, name) {
  if (typeof data === 'string') return Buffer.from(data, encoding);
  if (ArrayBuffer.isView(data)) return data;
  throw new codes.ERR_INVALID_ARG_TYPE(name, ['string', 'Buffer', 'TypedArray', 'DataView'], data);
};

exports.view = function (buffer) {
  if (!ArrayBuffer.isView(buffer)) throw new codes.ERR_INVALID_ARG_TYPE('buffer', ['Buffer', 'TypedArray', 'DataView'], buffer);
};

exports.views = function (buffers) {
  if (!Array.isArray(buffers) || !buffers.every((b) => ArrayBuffer.isView(b))) {
    throw new codes.ERR_INVALID_ARG_TYPE('buffers', 'ArrayBufferView[]', buffers);
  }
};

exports.span = function (offset, length, size, writes) {
  if (writes && offset > size) throw new codes.ERR_OUT_OF_RANGE('offset', `<= ${size}`, offset);
  if (length < 0) throw new codes.ERR_OUT_OF_RANGE('length', '>= 0', length);
  if (length > size - offset) throw new codes.ERR_OUT_OF_RANGE('length', `<= ${size - offset}`, length);
};

// abortable runs begin(done) unless signal aborts, now or before it is done.
exports.abortable = function (signal, begin, callback) {
  if (signal.aborted) {
    process.nextTick(callback, new AbortError(undefined, { cause: signal.reason }));
    return;
  }
  let over = false;
  const finish = (...args) => {
    if (over) return;
    over = true;
    signal.removeEventListener('abort', stop);
    callback(...args);
  };
  const stop = () => process.nextTick(finish, new AbortError(undefined, { cause: signal.reason }));
  signal.addEventListener('abort', stop);
  begin(finish);
};
