// Copyright 2026 The duplex authors. MIT license.

// Files: each function is an operation of Go's, done at once, later with a
// callback, or later for a promise.

'use strict';

const { codes } = require('internal/errors');
const { validateBoolean, validateInteger } = require('internal/validators');
const check = require('internal/fs_arguments');
const { Stats, BigIntStats, Dirent, Dir } = require('internal/fs_entries');
const { ids } = require('internal/async_ids');
const native = binding('fs');
const { constants } = check;

const { path: pathOf, optionsOf, flagsOf, modeOf, descriptor, isDescriptor, encodingOf, bytesOf, timeOf } = check;

native.failures(check.failure);

// promised are the functions of fs.promises that come from here.
const promised = {};

// define makes name, nameSync and promises.name. prepare returns the operation and
// its arguments, and what becomes of its result.
function define(name, prepare, { promise = true } = {}) {
  const sync = {
    [`${name}Sync`](...args) {
      const [operation, finish, ...rest] = prepare(...args);
      const value = native.call(operation, ...rest);
      return finish === null ? value : finish(value);
    },
  }[`${name}Sync`];
  const later = {
    [name](...args) {
      const callback = args.pop();
      if (typeof callback !== 'function') throw new codes.ERR_INVALID_ARG_TYPE('cb', 'function', args.length + 1 < later.length ? undefined : callback);
      start(prepare(...args), callback);
    },
  }[name];
  Object.defineProperty(sync, 'length', { value: prepare.length, configurable: true });
  Object.defineProperty(later, 'length', { value: prepare.length + 1, configurable: true });
  exports[name] = later;
  exports[`${name}Sync`] = sync;
  if (promise) {
    promised[name] = {
      [name]: (...args) => new Promise((resolve, reject) => {
        start(prepare(...args), (error, value) => (error ? reject(error) : resolve(value)));
      }),
    }[name];
  }
}

function start([operation, finish, ...args], callback) {
  callback = ids.within(callback);
  native.later(operation, (error, value) => {
    if (error) callback(check.brief(error));
    else if (value === undefined) callback(null);
    else callback(null, finish === null ? value : finish(value));
  }, ...args);
}

const none = null;

define('access', (path, mode = constants.F_OK) => {
  path = pathOf(path);
  if (mode === null) mode = constants.F_OK;
  validateInteger(mode, 'mode', 0, 7);
  return ['access', none, path, mode];
});

define('open', (path, flags = 'r', mode = 0o666) => ['open', none, pathOf(path), flagsOf(flags), modeOf(mode, 'mode', 0o666)], { promise: false });
define('close', (fd) => ['close', none, descriptor(fd)], { promise: false });
define('fsync', (fd) => ['fsync', none, descriptor(fd)], { promise: false });
define('fdatasync', (fd) => ['fdatasync', none, descriptor(fd)], { promise: false });
define('fchmod', (fd, mode) => ['fchmod', none, descriptor(fd), modeOf(mode, 'mode')], { promise: false });
define('fchown', (fd, uid, gid) => {
  descriptor(fd);
  return ['fchown', none, fd, owner(uid, 'uid'), owner(gid, 'gid')];
}, { promise: false });
define('futimes', (fd, atime, mtime) => ['futime', none, descriptor(fd), timeOf(atime, 'atime'), timeOf(mtime, 'mtime')], { promise: false });
define('ftruncate', (fd, length = 0) => {
  descriptor(fd);
  if (length === null) length = 0;
  validateInteger(length, 'len');
  return ['ftruncate', none, fd, Math.max(0, length)];
}, { promise: false });

function owner(id, name) {
  validateInteger(id, name, -1, 2 ** 32 - 1);
  return id;
}

function stats(values) {
  return typeof values[0] === 'bigint' ? new BigIntStats(...values) : new Stats(...values);
}

class StatFs {
  constructor([type, bsize, blocks, bfree, bavail, files, ffree]) {
    Object.assign(this, { type, bsize, blocks, bfree, bavail, files, ffree });
  }
}

define('statfs', (path, options = {}) => ['statfs', (numbers) => new StatFs(numbers), pathOf(path), Boolean(options?.bigint)]);

// Only macOS has these; elsewhere Node has their names.
exports.lchmod = undefined;
exports.lchmodSync = undefined;
promised.lchmod = async function lchmod(path, mode) { // eslint-disable-line no-unused-vars
  throw new codes.ERR_METHOD_NOT_IMPLEMENTED('lchmod()');
};

exports.openAsBlob = function openAsBlob(path, options = {}) {
  require('internal/validators').validateObject(options, 'options');
  const { type = '' } = options;
  require('internal/validators').validateString(type, 'options.type');
  try {
    return Promise.resolve(new Blob([exports.readFileSync(pathOf(path))], { type }));
  } catch (error) {
    if (error.syscall === undefined) throw error;
    const failure = new TypeError('Unable to open file as blob');
    failure.code = 'ERR_INVALID_ARG_VALUE';
    throw failure;
  }
};

for (const name of ['stat', 'lstat']) {
  define(name, (path, options) => [name, stats, pathOf(path), !!(options && options.bigint)]);
  const sync = exports[`${name}Sync`];
  exports[`${name}Sync`] = {
    [`${name}Sync`](path, options = undefined) {
      if (!options || options.throwIfNoEntry !== false) return sync(path, options);
      try {
        return sync(path, options);
      } catch (error) {
        if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
        throw error;
      }
    },
  }[`${name}Sync`];
}
define('fstat', (fd, options) => ['fstat', stats, descriptor(fd), !!(options && options.bigint)], { promise: false });

const text = (options) => {
  const encoding = encodingOf(options);
  if (encoding === undefined || encoding === 'utf8' || encoding === 'utf-8') return none;
  return (value) => (encoding === 'buffer' ? Buffer.from(value) : Buffer.from(value).toString(encoding));
};

define('readdir', (path, options) => {
  options = optionsOf(options);
  path = pathOf(path);
  const { withFileTypes, recursive } = options;
  if (recursive != null) validateBoolean(recursive, 'options.recursive');
  const convert = text(options);
  return ['readdir', (found) => {
    const entries = [];
    for (let i = 0; i < found.length; i += 3) {
      const name = convert === none ? found[i] : convert(found[i]);
      if (withFileTypes) entries.push(new Dirent(name, found[i + 2], found[i + 1]));
      else if (found[i + 2] === path) entries.push(name);
      else entries.push(require('path').join(require('path').relative(path, found[i + 2]), name));
    }
    return entries;
  }, path, !!recursive];
});

define('mkdir', (path, options) => {
  let mode = 0o777;
  let recursive = false;
  if (typeof options === 'number' || typeof options === 'string') mode = modeOf(options, 'mode');
  else if (options) {
    if (options.recursive !== undefined) recursive = options.recursive;
    if (options.mode !== undefined) mode = modeOf(options.mode, 'options.mode');
  }
  path = pathOf(path);
  validateBoolean(recursive, 'options.recursive');
  return ['mkdir', none, path, mode, recursive];
});

define('mkdtemp', (prefix, options) => {
  const convert = text(optionsOf(options));
  return ['mkdtemp', convert, pathOf(prefix, 'prefix')];
});

define('rm', (path, options) => {
  path = pathOf(path);
  if (options !== undefined && (options === null || typeof options !== 'object')) {
    throw new codes.ERR_INVALID_ARG_TYPE('options', 'object', options);
  }
  const { recursive = false, force = false } = options || {};
  validateBoolean(force, 'options.force');
  validateBoolean(recursive, 'options.recursive');
  return ['rm', none, path, recursive, force];
});

define('rmdir', (path, options) => {
  path = pathOf(path);
  return options && options.recursive ? ['rm', none, path, true, true] : ['rmdir', none, path];
});

define('unlink', (path) => ['unlink', none, pathOf(path)]);
define('rename', (oldPath, newPath) => ['rename', none, pathOf(oldPath, 'oldPath'), pathOf(newPath, 'newPath')]);
define('link', (existingPath, newPath) => ['link', none, pathOf(existingPath, 'existingPath'), pathOf(newPath, 'newPath')]);
define('symlink', (target, path, type) => ['symlink', none, pathOf(target, 'target'), pathOf(path)]);
define('readlink', (path, options) => ['readlink', text(optionsOf(options)), pathOf(path)]);
define('chmod', (path, mode) => ['chmod', none, pathOf(path), modeOf(mode, 'mode')]);
define('chown', (path, uid, gid) => ['chown', none, pathOf(path), owner(uid, 'uid'), owner(gid, 'gid')]);
define('lchown', (path, uid, gid) => ['lchown', none, pathOf(path), owner(uid, 'uid'), owner(gid, 'gid')]);
define('utimes', (path, atime, mtime) => ['utime', none, pathOf(path), timeOf(atime, 'atime'), timeOf(mtime, 'mtime')]);
define('lutimes', (path, atime, mtime) => ['lutime', none, pathOf(path), timeOf(atime, 'atime'), timeOf(mtime, 'mtime')]);

define('truncate', (path, length = 0) => {
  if (typeof path === 'number') return ['ftruncate', none, path, length || 0];
  path = pathOf(path);
  validateInteger(length ?? 0, 'len');
  return ['truncate', none, path, Math.max(0, length ?? 0)];
});

define('copyFile', (src, dest, mode = 0) => {
  src = pathOf(src, 'src');
  dest = pathOf(dest, 'dest');
  validateInteger(mode ?? 0, 'mode', 0, 7);
  return ['copyfile', none, src, dest, mode ?? 0];
});

const realpath = (exact) => (path, options) => ['realpath', text(optionsOf(options)), pathOf(path), exact];
define('realpath', realpath(true));
const { realpath: exactly, realpathSync: exactlySync } = exports;
const exactlyPromised = promised.realpath;
define('realpath', realpath(false));
exports.realpath.native = exactly;
exports.realpathSync.native = exactlySync;
promised.realpath = exactlyPromised;

function decoded(options) {
  const { encoding } = options;
  return encoding && encoding !== 'buffer' ? (buffer) => buffer.toString(encoding) : none;
}

define('readFile', (path, options) => {
  options = optionsOf(options, { flag: 'r' });
  return ['readFile', decoded(options), isDescriptor(path) ? descriptor(path) : pathOf(path), flagsOf(options.flag ?? 'r')];
}, { promise: false });

const writing = (flag) => (path, data, options) => {
  options = optionsOf(options);
  const flush = options.flush ?? false;
  validateBoolean(flush, 'options.flush');
  const bytes = bytesOf(data, options.encoding || 'utf8', 'data');
  const flags = flagsOf(options.flag || flag);
  return ['writeFile', none, isDescriptor(path) ? descriptor(path) : pathOf(path), bytes, flags, modeOf(options.mode, 'mode', 0o666), flush];
};
define('writeFile', writing('w'), { promise: false });
define('appendFile', writing('a'), { promise: false });

for (const name of ['readFile', 'writeFile', 'appendFile']) {
  const later = exports[name];
  exports[name] = {
    [name](...args) {
      const options = args[args.length - 2];
      const signal = options && typeof options === 'object' ? options.signal : undefined;
      if (!signal) return later(...args);
      const callback = args.pop();
      return check.abortable(signal, (done) => later(...args, done), callback);
    },
  }[name];
}

exports.existsSync = function existsSync(path) {
  try {
    native.call('access', pathOf(path), 0);
    return true;
  } catch {
    return false;
  }
};

exports.exists = function exists(path, callback) {
  if (typeof callback !== 'function') throw new codes.ERR_INVALID_ARG_TYPE('cb', 'function', callback);
  try {
    path = pathOf(path);
  } catch {
    process.nextTick(callback, false);
    return;
  }
  native.later('access', ids.within((error) => callback(!error)), path, 0);
};
Object.defineProperty(exports.exists, Symbol.for('nodejs.util.promisify.custom'), {
  value: (path) => new Promise((resolve) => exports.exists(path, resolve)),
});

// span reads what follows a buffer in read and write: an object of options, or
// offset, length and position.
function span(buffer, offset, length, position, writes) {
  if (offset !== null && typeof offset === 'object') ({ offset, length, position } = offset);
  offset ??= 0;
  validateInteger(offset, 'offset', 0);
  length = (length ?? buffer.byteLength - offset);
  if (!writes) length |= 0;
  check.span(offset, length, buffer.byteLength, writes);
  if (position === undefined || typeof position === 'number' && writes && position < 0) position = null;
  if (position !== null && typeof position !== 'bigint' && !(writes && typeof position !== 'number')) validateInteger(position, 'position', -1);
  return [offset, length, typeof position === 'number' || typeof position === 'bigint' ? position : null];
}

function reading(fd, buffer, offset, length, position) {
  descriptor(fd);
  check.view(buffer);
  [offset, length, position] = span(buffer, offset, length, position, false);
  if (length > 0 && buffer.byteLength === 0) {
    throw new codes.ERR_INVALID_ARG_VALUE('buffer', buffer, 'is empty and cannot be written');
  }
  return ['read', none, fd, buffer, offset, length, position === null || position < 0 ? null : position];
}

function putting(fd, data, offset, length, position) {
  descriptor(fd);
  if (ArrayBuffer.isView(data)) {
    [offset, length, position] = span(data, offset, length, position, true);
    return ['write', none, fd, data, offset, length, position];
  }
  const bytes = bytesOf(data, typeof length === 'string' ? length : 'utf8', 'buffer');
  return ['write', none, fd, bytes, 0, bytes.length, typeof offset === 'number' ? offset : null];
}

exports.readSync = function readSync(fd, buffer, offset, length, position) {
  const [operation, , ...args] = reading(fd, buffer, offset, length, position);
  return native.call(operation, ...args);
};

exports.writeSync = function writeSync(fd, buffer, offset, length, position) {
  const [operation, , ...args] = putting(fd, buffer, offset, length, position);
  return native.call(operation, ...args);
};

function transfer([operation, , ...args], data, callback) {
  native.later(operation, ids.within((error, n) => (error ? callback(check.brief(error)) : callback(null, n, data))), ...args);
}

exports.read = function read(fd, ...rest) {
  const callback = rest.pop();
  if (typeof callback !== 'function') throw new codes.ERR_INVALID_ARG_TYPE('cb', 'function', callback);
  let [buffer, offset, length, position] = rest;
  if (!ArrayBuffer.isView(buffer) && (buffer === undefined || (buffer !== null && typeof buffer === 'object'))) {
    ({ buffer = Buffer.alloc(16384), offset, length, position } = buffer || {});
  }
  transfer(reading(fd, buffer, offset, length, position), buffer, callback);
};

exports.write = function write(fd, data, ...rest) {
  const callback = rest.pop();
  if (typeof callback !== 'function') throw new codes.ERR_INVALID_ARG_TYPE('cb', 'function', callback);
  transfer(putting(fd, data, ...rest), data, callback);
};

// vectored makes readv or writev out of single transfers.
function vectored(one, fd, buffers, position, partial) {
  check.views(buffers);
  let total = 0;
  for (const buffer of buffers) {
    if (buffer.byteLength === 0) continue;
    const n = one(fd, buffer, 0, buffer.byteLength, typeof position === 'number' ? position + total : null);
    total += n;
    if (partial && n < buffer.byteLength) break;
  }
  return total;
}
exports.readvSync = function readvSync(fd, buffers, position) {
  return vectored(exports.readSync, descriptor(fd), buffers, position, true);
};
exports.writevSync = function writevSync(fd, buffers, position) {
  return vectored(exports.writeSync, descriptor(fd), buffers, position, false);
};

function gather(sync) {
  return function (fd, buffers, position, callback) {
    descriptor(fd);
    check.views(buffers);
    if (typeof position === 'function') callback = position;
    if (typeof callback !== 'function') throw new codes.ERR_INVALID_ARG_TYPE('cb', 'function', callback);
    setImmediate(() => {
      let n;
      try {
        n = sync(fd, buffers, typeof position === 'number' ? position : null);
      } catch (error) {
        callback(check.brief(error));
        return;
      }
      callback(null, n, buffers);
    });
  };
}
exports.readv = gather(exports.readvSync);
exports.writev = gather(exports.writevSync);

const both = (names) => {
  const symbol = Symbol.for('nodejs.util.promisify.custom');
  for (const [name, result] of names) {
    const f = exports[name];
    Object.defineProperty(f, symbol, {
      value: (...args) => new Promise((resolve, reject) => {
        f(...args, (error, n, data) => (error ? reject(error) : resolve({ [result[0]]: n, [result[1]]: data })));
      }),
    });
  }
};
both([['read', ['bytesRead', 'buffer']], ['write', ['bytesWritten', 'buffer']], ['readv', ['bytesRead', 'buffers']], ['writev', ['bytesWritten', 'buffers']]]);

exports.opendirSync = function opendirSync(path, options) {
  path = pathOf(path);
  return new Dir(path, check.during('opendir', () => exports.readdirSync(path, { withFileTypes: true, recursive: options?.recursive })));
};
exports.opendir = function opendir(path, options, callback = options) {
  if (typeof callback !== 'function') throw new codes.ERR_INVALID_ARG_TYPE('callback', 'function', callback);
  path = pathOf(path);
  exports.readdir(path, { withFileTypes: true }, (error, entries) => {
    if (error) callback(check.renamed(error, 'opendir'));
    else callback(null, new Dir(path, entries));
  });
};
promised.opendir = (path, options) => new Promise((resolve, reject) => {
  exports.opendir(path, options, (error, dir) => (error ? reject(error) : resolve(dir)));
});

exports.cpSync = function cpSync(src, dest, options) {
  require('internal/fs_copy').copy(exports, pathOf(src, 'src'), pathOf(dest, 'dest'), options);
};
promised.cp = async (src, dest, options) => exports.cpSync(src, dest, options);
exports.cp = function cp(src, dest, options, callback = options) {
  if (typeof callback !== 'function') throw new codes.ERR_INVALID_ARG_TYPE('cb', 'function', callback);
  promised.cp(src, dest, options === callback ? undefined : options).then(() => process.nextTick(callback, null), (error) => process.nextTick(callback, error));
};

function lazily(name, make) {
  Object.defineProperty(exports, name, {
    configurable: true,
    enumerable: true,
    get: make,
    set(value) {
      Object.defineProperty(exports, name, { value, writable: true, enumerable: true, configurable: true });
    },
  });
}
for (const name of ['ReadStream', 'WriteStream', 'createReadStream', 'createWriteStream']) {
  lazily(name, () => require('internal/fs_streams')[name]);
}
lazily('FileReadStream', () => exports.ReadStream);
lazily('FileWriteStream', () => exports.WriteStream);
for (const name of ['watch', 'watchFile', 'unwatchFile']) {
  exports[name] = { [name]: (...args) => require('internal/fs_watch')[name](...args) }[name];
}

Object.assign(exports, { Dirent, Stats, Dir, F_OK: 0, R_OK: 4, W_OK: 2, X_OK: 1, _toUnixTimestamp: timeOf });
Object.defineProperty(exports, 'constants', { value: constants, enumerable: true });
Object.defineProperty(exports, 'promises', { configurable: true, enumerable: true, get: () => require('fs/promises') });

// For fs/promises.
Object.defineProperty(exports, Symbol.for('duplex.fs.promised'), { value: promised });
