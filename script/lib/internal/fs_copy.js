// Copyright 2026 The duplex authors. MIT license.

// fs.cp: files and folders, with all that is in them.

'use strict';

const { define, codes } = require('internal/errors');

define('ERR_FS_EISDIR', Error, (path) => `Recursive option not enabled, cannot copy a directory: ${path}`);
define('ERR_FS_CP_EEXIST', Error, (path) => `Target already exists: cp returned EEXIST (${path} already exists) ${path}`);

exports.copy = function copy(fs, from, to, options = {}) {
  const { recursive = false, force = true, errorOnExist = false, filter, dereference = false, preserveTimestamps = false } = options;
  if (filter && !filter(from, to)) return;
  const info = dereference ? fs.statSync(from) : fs.lstatSync(from);
  if (info.isDirectory()) {
    if (!recursive) throw new codes.ERR_FS_EISDIR(from);
    fs.mkdirSync(to, { recursive: true, mode: info.mode & 0o777 });
    const { join } = require('path');
    for (const name of fs.readdirSync(from)) copy(fs, join(from, name), join(to, name), options);
    return;
  }
  if (!force && fs.existsSync(to)) {
    if (errorOnExist) throw new codes.ERR_FS_CP_EEXIST(to);
    return;
  }
  fs.mkdirSync(require('path').dirname(to), { recursive: true });
  if (info.isSymbolicLink()) fs.symlinkSync(fs.readlinkSync(from), to);
  else fs.copyFileSync(from, to);
  if (preserveTimestamps && !info.isSymbolicLink()) fs.utimesSync(to, info.atime, info.mtime);
};
