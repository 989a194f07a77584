// Copyright 2026 The duplex authors. MIT license.

// Names of files, as POSIX and as Windows have them.

'use strict';

const { validateString, validateObject } = require('internal/validators');

// collapse takes . and .. out of the parts of a path. What climbs above its
// beginning stays only if the path is relative.
function collapse(parts, relative) {
  const kept = [];
  for (const part of parts) {
    if (part === '' || part === '.') continue;
    if (part !== '..') kept.push(part);
    else if (kept.length > 0 && kept[kept.length - 1] !== '..') kept.pop();
    else if (relative) kept.push('..');
  }
  return kept;
}

// cut splits a name without folder into its stem and its extension.
function cut(base) {
  const dot = base.lastIndexOf('.');
  if (dot <= 0 || base === '..') return [base, ''];
  return [base.slice(0, dot), base.slice(dot)];
}

function withoutSuffix(base, whole, suffix) {
  if (suffix === undefined) return base;
  if (suffix === whole) return '';
  return base !== suffix && base.endsWith(suffix) ? base.slice(0, base.length - suffix.length) : base;
}

function formatter(separator) {
  return function format(pathObject) {
    validateObject(pathObject, 'pathObject');
    const { root, ext, name } = pathObject;
    const dir = pathObject.dir || root;
    const base = pathObject.base || `${name || ''}${ext ? (ext[0] === '.' ? ext : `.${ext}`) : ''}`;
    if (!dir) return base;
    return dir === root ? dir + base : dir + separator + base;
  };
}

const posix = {
  resolve(...paths) {
    let path = '';
    for (let i = paths.length - 1; i >= -1 && path[0] !== '/'; i--) {
      const part = i >= 0 ? paths[i] : process.cwd();
      validateString(part, i >= 0 ? `paths[${i}]` : 'path');
      if (part !== '') path = path === '' ? part : `${part}/${path}`;
    }
    const absolute = path[0] === '/';
    const rest = collapse(path.split('/'), !absolute).join('/');
    return absolute ? `/${rest}` : rest || '.';
  },

  normalize(path) {
    validateString(path, 'path');
    if (path === '') return '.';
    const absolute = path[0] === '/';
    let rest = collapse(path.split('/'), !absolute).join('/');
    if (rest === '' && !absolute) rest = '.';
    if (rest !== '' && path[path.length - 1] === '/') rest += '/';
    return absolute ? `/${rest}` : rest;
  },

  isAbsolute(path) {
    validateString(path, 'path');
    return path[0] === '/';
  },

  join(...paths) {
    for (const path of paths) validateString(path, 'path');
    const joined = paths.filter((path) => path !== '').join('/');
    return joined === '' ? '.' : posix.normalize(joined);
  },

  relative(from, to) {
    validateString(from, 'from');
    validateString(to, 'to');
    if (from === to) return '';
    const a = posix.resolve(from).split('/').filter(Boolean);
    const b = posix.resolve(to).split('/').filter(Boolean);
    let same = 0;
    while (same < a.length && same < b.length && a[same] === b[same]) same++;
    return [...a.slice(same).fill('..'), ...b.slice(same)].join('/');
  },

  toNamespacedPath(path) {
    return path;
  },

  dirname(path) {
    validateString(path, 'path');
    if (path === '') return '.';
    let end = path.length;
    while (end > 1 && path[end - 1] === '/') end--;
    const slash = path.lastIndexOf('/', end - 1);
    if (slash < 0) return '.';
    if (slash === 0) return '/';
    return slash === 1 && path[0] === '/' ? '//' : path.slice(0, slash);
  },

  basename(path, suffix) {
    if (suffix !== undefined) validateString(suffix, 'suffix');
    validateString(path, 'path');
    let end = path.length;
    while (end > 0 && path[end - 1] === '/') end--;
    if (end === 0 && suffix && suffix !== path && suffix.length <= path.length) return path;
    return withoutSuffix(path.slice(path.lastIndexOf('/', end - 1) + 1, end), path, suffix);
  },

  extname(path) {
    validateString(path, 'path');
    return cut(posix.basename(path))[1];
  },

  format: formatter('/'),

  parse(path) {
    validateString(path, 'path');
    const root = path[0] === '/' ? '/' : '';
    const base = posix.basename(path);
    const [name, ext] = cut(base);
    let end = path.length;
    while (end > root.length && path[end - 1] === '/') end--;
    const slash = path.lastIndexOf('/', end - 1);
    return { root, dir: base === '' || slash <= 0 ? root : path.slice(0, slash), base, ext, name };
  },

  sep: '/',
  delimiter: ':',
  win32: null,
  posix: null,
};

// anatomy of a path of Windows: the device (C: or \\server\share, separators as
// they are), whether it begins at a root, and where what follows begins.
function anatomy(path) {
  const unc = /^[\\/]{2}([^\\/]+)[\\/]+([^\\/]+)/.exec(path);
  if (unc) {
    const device = unc[1] === '.' || unc[1] === '?' ? `\\\\${unc[1]}` : `\\\\${unc[1]}\\${unc[2]}`;
    const length = device.length === 3 ? 4 : unc[0].length;
    return { device, absolute: true, unc: device.length > 3, body: length, root: /[\\/]/.test(path[unc[0].length] || '') ? unc[0].length + 1 : unc[0].length };
  }
  if (/^[\\/]/.test(path)) return { device: '', absolute: true, unc: false, body: 1, root: 1 };
  if (/^[A-Za-z]:/.test(path)) {
    const absolute = /[\\/]/.test(path[2] || '');
    return { device: path.slice(0, 2), absolute, unc: false, body: absolute ? 3 : 2, root: absolute ? 3 : 2 };
  }
  return { device: '', absolute: false, unc: false, body: 0, root: 0 };
}

const separators = /[\\/]+/;

const win32 = {
  resolve(...paths) {
    let device = '';
    let tail = '';
    let absolute = false;
    for (let i = paths.length - 1; i >= -1 && !(absolute && device !== ''); i--) {
      let path;
      if (i >= 0) {
        path = paths[i];
        validateString(path, `paths[${i}]`);
        if (path === '') continue;
      } else if (device === '') {
        path = process.cwd();
      } else {
        path = process.env[`=${device}`] || process.cwd();
        if (path.slice(0, 2).toLowerCase() !== device.toLowerCase() && path[2] === '\\') path = `${device}\\`;
      }
      const at = anatomy(path);
      if (at.device !== '') {
        if (device === '') device = at.device;
        else if (device.toLowerCase() !== at.device.toLowerCase()) continue;
      }
      if (!absolute) {
        tail = `${path.slice(at.body)}\\${tail}`;
        absolute = at.absolute;
      }
    }
    const rest = collapse(tail.split(separators), !absolute).join('\\');
    return absolute ? `${device}\\${rest}` : device + rest || '.';
  },

  normalize(path) {
    validateString(path, 'path');
    if (path === '') return '.';
    const at = anatomy(path);
    if (path.length === 1) return at.absolute ? '\\' : path;
    if (at.unc && at.body === path.length) return `${at.device}\\`;
    let rest = collapse(path.slice(at.body).split(separators), !at.absolute).join('\\');
    if (rest === '' && !at.absolute) rest = '.';
    if (rest !== '' && /[\\/]$/.test(path)) rest += '\\';
    // A relative path must not come out as one with a drive.
    if (!at.absolute && at.device === '' && path.includes(':')) {
      if (/^[A-Za-z]:/.test(rest)) return `.\\${rest}`;
      for (let colon = path.indexOf(':'); colon >= 0; colon = path.indexOf(':', colon + 1)) {
        if (colon === path.length - 1 || /[\\/]/.test(path[colon + 1])) return `.\\${rest}`;
      }
    }
    return at.absolute ? `${at.device}\\${rest}` : at.device + rest;
  },

  isAbsolute(path) {
    validateString(path, 'path');
    return /^(?:[\\/]|[A-Za-z]:[\\/])/.test(path);
  },

  join(...paths) {
    for (const path of paths) validateString(path, 'path');
    const parts = paths.filter((path) => path !== '');
    if (parts.length === 0) return '.';
    let joined = parts.join('\\');
    // Two separators make a share only if the first part began as one.
    if (!/^[\\/]{2}[^\\/]/.test(parts[0])) joined = joined.replace(/^[\\/]{2,}/, '\\');
    return win32.normalize(joined);
  },

  relative(from, to) {
    validateString(from, 'from');
    validateString(to, 'to');
    if (from === to) return '';
    const source = win32.resolve(from);
    const target = win32.resolve(to);
    if (source === target || source.toLowerCase() === target.toLowerCase()) return '';
    const a = source.split('\\').filter(Boolean);
    const b = target.split('\\').filter(Boolean);
    let same = 0;
    while (same < a.length && same < b.length && a[same].toLowerCase() === b[same].toLowerCase()) same++;
    if (same === 0 && a.length > 0 && b.length > 0) return target;
    return [...a.slice(same).fill('..'), ...b.slice(same)].join('\\');
  },

  toNamespacedPath(path) {
    if (typeof path !== 'string' || path === '') return path;
    const full = win32.resolve(path);
    if (full.length <= 2) return path;
    if (full.startsWith('\\\\')) {
      if (full[2] !== '?' && full[2] !== '.') return `\\\\?\\UNC\\${full.slice(2)}`;
    } else if (/^[A-Za-z]:\\/.test(full)) {
      return `\\\\?\\${full}`;
    }
    return full;
  },

  dirname(path) {
    validateString(path, 'path');
    if (path === '') return '.';
    if (path.length === 1) return /[\\/]/.test(path) ? path : '.';
    const { root, end, slash } = places(path);
    if (root === path.length && root > 1 && /^[\\/]/.test(path)) return path;
    if (end <= root && root > 0) return path.slice(0, root);
    if (slash >= root) return path.slice(0, slash);
    return root > 0 ? path.slice(0, root) : '.';
  },

  basename(path, suffix) {
    if (suffix !== undefined) validateString(suffix, 'suffix');
    validateString(path, 'path');
    const start = /^[A-Za-z]:/.test(path) ? 2 : 0;
    let end = path.length;
    while (end > start && /[\\/]/.test(path[end - 1])) end--;
    if (end === start && suffix && suffix !== path && suffix.length <= path.length) return path.slice(start);
    return withoutSuffix(path.slice(Math.max(start, lastSeparator(path, end - 1) + 1), end), path, suffix);
  },

  extname(path) {
    validateString(path, 'path');
    return cut(win32.basename(path))[1];
  },

  format: formatter('\\'),

  parse(path) {
    validateString(path, 'path');
    const result = { root: '', dir: '', base: '', ext: '', name: '' };
    if (path === '') return result;
    const { root, end, slash } = places(path);
    result.root = result.dir = path.slice(0, root);
    if (end > root) {
      const at = slash >= root ? slash + 1 : root;
      result.base = path.slice(at, end);
      if (slash >= root && slash > 0) result.dir = path.slice(0, slash);
      [result.name, result.ext] = cut(result.base);
    }
    return result;
  },

  sep: '\\',
  delimiter: ';',
  win32: null,
  posix: null,
};

function lastSeparator(path, from) {
  if (from < 0) return -1;
  return Math.max(path.lastIndexOf('/', from), path.lastIndexOf('\\', from));
}

// places says where the root of a path ends, where its last part ends, and the
// separator before that.
function places(path) {
  let { root } = anatomy(path);
  // \\.\ and \\?\ are shares like any other here.
  let end = path.length;
  while (end > root && /[\\/]/.test(path[end - 1])) end--;
  return { root, end, slash: lastSeparator(path, end - 1) };
}

posix.win32 = win32.win32 = win32;
posix.posix = win32.posix = posix;
posix._makeLong = posix.toNamespacedPath;
win32._makeLong = win32.toNamespacedPath;

module.exports = process.platform === 'win32' ? win32 : posix;
