// Copyright 2026 The duplex authors. MIT license.

// How scripts find and run modules: Node's CommonJS. What a file's text becomes is
// Go's affair (modules.go), ES modules are internal/esm's.

'use strict';

const native = binding('modules');
const path = native; // dirname and its like

const own = Object.prototype.hasOwnProperty;

// These modules are found with the scheme node: alone.
const schemed = new Set(['sea', 'test', 'test/reporters']);
const builtinModules = native.names.filter((name) => !schemed.has(name));
const known = new Set(native.names);

// builtinName returns name without a scheme: undefined if it is no builtin module's.
function builtinName(name) {
  const plain = name.startsWith('node:') ? name.slice(5) : name;
  return known.has(plain) && (plain !== name || !schemed.has(plain)) ? plain : undefined;
}

function Module(id = '', parent = undefined) {
  this.id = id;
  this.path = path.dirname(id);
  this.exports = {};
  if (parent && parent.children) parent.children.push(this);
  Object.defineProperty(this, 'parent', { value: parent, writable: true, configurable: true, enumerable: false });
  this.filename = null;
  this.loaded = false;
  this.children = [];
}

Module.Module = Module;
Module._cache = Object.create(null);
Module._pathCache = Object.create(null);
Module._extensions = Object.create(null);
Module.globalPaths = [];
Module.builtinModules = builtinModules;
Module.isBuiltin = (name) => builtinName(`${name}`) !== undefined;
Module.wrapper = ['(function (exports, require, module, __filename, __dirname) { ', '\n});'];
Module.wrap = (text) => Module.wrapper[0] + text + Module.wrapper[1];
Module.syncBuiltinESMExports = () => {};
Module.findSourceMap = () => undefined;

// What a folder's package.json says, by folder; null if there is none.
const packages = new Map();

function readPackage(folder) {
  let found = packages.get(folder);
  if (found !== undefined) return found;
  const file = path.join(folder, 'package.json');
  found = null;
  if (native.kind(file) === 0) {
    try {
      found = JSON.parse(native.read(file));
    } catch (error) {
      error.path = file;
      error.message = `Error parsing ${file}: ${error.message}`;
      throw error;
    }
  }
  packages.set(folder, found);
  return found;
}

// packageOf returns the folder and text of the package that a file is in.
function packageOf(file) {
  for (let folder = path.dirname(file); ; folder = path.dirname(folder)) {
    if (path.basename(folder) !== 'node_modules') {
      const text = readPackage(folder);
      if (text) return { folder, text };
    }
    if (folder === path.dirname(folder)) return null;
  }
}
exports.packageOf = packageOf;

function withExtension(file) {
  for (const extension of Object.keys(Module._extensions)) {
    if (native.kind(file + extension) === 0) return native.real(file + extension);
  }
  return undefined;
}

function asFile(file) {
  return native.kind(file) === 0 ? native.real(file) : withExtension(file);
}

function asFolder(folder) {
  if (native.kind(folder) !== 1) return undefined;
  const text = readPackage(folder);
  if (text && typeof text.main === 'string' && text.main !== '') {
    const main = path.resolve(folder, text.main);
    const found = asFile(main) || (native.kind(main) === 1 && withExtension(path.join(main, 'index')));
    if (found) return found;
    const index = withExtension(path.join(folder, 'index'));
    if (index) return index;
    const error = new Error(`Cannot find module '${main}'. Please verify that the package.json has a valid "main" entry`);
    error.code = 'MODULE_NOT_FOUND';
    error.path = path.join(folder, 'package.json');
    error.requestPath = folder;
    throw error;
  }
  return withExtension(path.join(folder, 'index'));
}

function asFileOrFolder(file, folderOnly) {
  return (folderOnly ? undefined : asFile(file)) || asFolder(file);
}

// target returns what an entry of "exports" or "imports" leads to under some
// conditions.
function target(entry, conditions, star) {
  if (typeof entry === 'string') return star === undefined ? entry : entry.split('*').join(star);
  if (Array.isArray(entry)) {
    for (const one of entry) {
      const found = target(one, conditions, star);
      if (found) return found;
    }
    return undefined;
  }
  if (entry === null || typeof entry !== 'object') return entry;
  for (const key of Object.keys(entry)) {
    if (key !== 'default' && !conditions.has(key)) continue;
    const found = target(entry[key], conditions, star);
    if (found !== undefined) return found;
  }
  return undefined;
}

// lookup finds name among the keys of "exports" or "imports", of which one may
// have a star.
function lookup(map, name, conditions) {
  if (own.call(map, name) && !name.includes('*')) return target(map[name], conditions);
  let best;
  for (const key of Object.keys(map)) {
    const star = key.indexOf('*');
    if (star < 0) continue;
    const [before, after] = [key.slice(0, star), key.slice(star + 1)];
    const fits = name.startsWith(before) && name.length >= key.length && name.endsWith(after);
    if (fits && (best === undefined || before.length > best.before.length)) best = { key, before, after };
  }
  if (best === undefined) return undefined;
  return target(map[best.key], conditions, name.slice(best.before.length, name.length - best.after.length));
}

function failure(code, message) {
  const error = new Error(message);
  error.code = code;
  require('internal/errors').decorate(error, `Error [${code}]`);
  return error;
}

// fromExports returns the file that a package exports as subpath ("." or "./x").
function fromExports(folder, text, subpath, conditions) {
  let map = text.exports;
  if (typeof map === 'string' || Array.isArray(map) || Object.keys(map).every((key) => !key.startsWith('.'))) map = { '.': map };
  const found = lookup(map, subpath, conditions);
  if (found === undefined || found === null) {
    const file = path.join(folder, 'package.json');
    throw failure('ERR_PACKAGE_PATH_NOT_EXPORTED', subpath === '.' ?
      `No "exports" main defined in ${file}` :
      `Package subpath '${subpath}' is not defined by "exports" in ${file}`);
  }
  return native.real(path.join(folder, found));
}

const named = /^((?:@[^/\\%]+\/)?[^./\\%][^/\\%]*)(\/.*)?$/;

function asPackage(request, parentPath, paths, conditions) {
  const parts = named.exec(request);
  if (parts && parentPath) {
    const self = packageOf(path.join(parentPath, 'x'));
    if (self && self.text.name === parts[1] && self.text.exports) {
      return fromExports(self.folder, self.text, `.${parts[2] || ''}`, conditions);
    }
  }
  for (const place of paths) {
    if (native.kind(place) !== 1) continue;
    if (parts) {
      const folder = path.join(place, parts[1]);
      const text = native.kind(folder) === 1 ? readPackage(folder) : null;
      if (text && text.exports !== undefined && text.exports !== null) {
        return fromExports(folder, text, `.${parts[2] || ''}`, conditions);
      }
    }
    const found = asFileOrFolder(path.resolve(place, request), /\/\.{0,2}$/.test(request));
    if (found) return found;
  }
  return undefined;
}

const required = new Set(['node', 'require', 'module-sync', 'node-addons']);
const imported = new Set(['node', 'import', 'module-sync', 'node-addons']);
exports.imported = imported;

function isRelative(request) {
  return /^\.\.?(\/|$)/.test(request) || (process.platform === 'win32' && /^\.\.?(\\|$)/.test(request));
}
exports.isRelative = isRelative;

// find returns the file that request means in a folder, undefined if there is none.
function find(request, folder, paths, conditions = required) {
  if (path.isAbsolute(request)) return asFileOrFolder(request, request.endsWith('/'));
  if (isRelative(request)) {
    for (const place of folder === undefined ? paths : [folder]) {
      const found = asFileOrFolder(path.resolve(place, request), /(^|\/)\.{0,2}$/.test(request));
      if (found) return found;
    }
    return undefined;
  }
  if (request.startsWith('#') && folder !== undefined) {
    const self = packageOf(path.join(folder, 'x'));
    const found = self && self.text.imports && lookup(self.text.imports, request, conditions);
    if (!found) {
      throw failure('ERR_PACKAGE_IMPORT_NOT_DEFINED', `Package import specifier "${request}" is not defined` +
        (self ? ` in package ${path.join(self.folder, 'package.json')}` : ''));
    }
    return found.startsWith('.') ? native.real(path.join(self.folder, found)) : find(found, self.folder, paths, conditions);
  }
  return asPackage(request, folder, paths, conditions);
}
exports.find = find;

Module._nodeModulePaths = function (from) {
  const paths = [];
  for (let folder = path.resolve(from); ; folder = path.dirname(folder)) {
    if (path.basename(folder) !== 'node_modules') paths.push(path.join(folder, 'node_modules'));
    if (folder === path.dirname(folder)) return paths;
  }
};

// Where modules are looked for that are in no node_modules: what the environment says as
// the script begins, and Node's old places.
let modulePaths = [];

Module._initPaths = function () {
  const { env, execPath, platform } = process;
  const windows = platform === 'win32';
  const home = windows ? env.USERPROFILE : env.HOME;
  modulePaths = env.NODE_PATH ? env.NODE_PATH.split(windows ? ';' : ':').filter(Boolean) : [];
  if (home) modulePaths.push(path.join(home, '.node_modules'), path.join(home, '.node_libraries'));
  if (execPath) modulePaths.push(path.join(path.resolve(execPath, '..', windows ? '.' : '..'), 'lib', 'node'));
  Module.globalPaths = modulePaths.slice();
};

Module._resolveLookupPaths = function (request, parent) {
  if (builtinName(request) !== undefined) return null;
  if (isRelative(request)) return [parent && parent.filename ? path.dirname(parent.filename) : '.'];
  return ((parent && parent.paths) || []).concat(modulePaths);
};

function notFound(request, stack) {
  const error = new Error(stack.length > 0 ?
    `Cannot find module '${request}'\nRequire stack:\n- ${stack.join('\n- ')}` : `Cannot find module '${request}'`);
  error.code = 'MODULE_NOT_FOUND';
  error.requireStack = stack;
  return error;
}

Module._resolveFilename = function (request, parent, isMain, options) {
  if (builtinName(request) !== undefined) return request;
  if (request.startsWith('node:')) throw failure('ERR_UNKNOWN_BUILTIN_MODULE', `No such built-in module: ${request}`);
  let folder = parent && parent.filename ? path.dirname(parent.filename) : process.cwd();
  const others = modulePaths.map((place) => (path.isAbsolute(place) ? place : path.resolve(place)));
  let paths = ((parent && parent.paths) || []).concat(others);
  if (options && options.paths !== undefined) {
    require('internal/validators').validateArray(options.paths, 'options.paths');
    folder = undefined;
    paths = options.paths.flatMap((place) => (isRelative(request) ? [place] : Module._nodeModulePaths(place)));
    if (!isRelative(request)) paths = [...new Set(paths), ...others];
  }
  const found = find(request, folder, paths);
  if (found) return found;
  const stack = [];
  for (let one = parent; one; one = one.parent) stack.push(one.filename || one.id);
  throw notFound(request, stack);
};

Module._findPath = (request, paths) => find(request, undefined, paths || []) || false;

Module._load = function (request, parent, isMain) {
  if (native.isHost(request)) return native.host(request);
  const name = builtinName(request);
  if (name !== undefined) return native.builtin(name);
  const filename = Module._resolveFilename(request, parent, isMain);
  const cached = Module._cache[filename];
  if (cached !== undefined) {
    if (parent && parent.children && !parent.children.includes(cached)) parent.children.push(cached);
    return cached.exports;
  }
  const module = new Module(filename, parent);
  if (isMain) {
    process.mainModule = module;
    module.id = '.';
  }
  Module._cache[filename] = module;
  let failed = true;
  try {
    module.load(filename);
    failed = false;
  } finally {
    if (failed) {
      delete Module._cache[filename];
      const at = parent && parent.children ? parent.children.indexOf(module) : -1;
      if (at >= 0) parent.children.splice(at, 1);
    }
  }
  return module.exports;
};

Module.prototype.load = function (filename) {
  this.filename = filename;
  this.paths = Module._nodeModulePaths(path.dirname(filename));
  const extension = path.extname(filename);
  (own.call(Module._extensions, extension) ? Module._extensions[extension] : Module._extensions['.js'])(this, filename);
  this.loaded = true;
};

Module.prototype.require = function (id) {
  if (typeof id !== 'string') throw new (require('internal/errors').codes.ERR_INVALID_ARG_TYPE)('id', 'string', id);
  if (id === '') {
    throw new (require('internal/errors').codes.ERR_INVALID_ARG_VALUE)('id', id, 'must be a non-empty string');
  }
  return Module._load(id, this, false);
};

function requireFor(module) {
  function require(path) {
    return module.require(path);
  }
  function resolve(request, options) {
    if (typeof request !== 'string') throw invalid('request', request);
    return Module._resolveFilename(request, module, false, options);
  }
  resolve.paths = function paths(request) {
    if (typeof request !== 'string') throw invalid('request', request);
    return Module._resolveLookupPaths(request, module);
  };
  require.resolve = resolve;
  require.main = process.mainModule;
  require.extensions = Module._extensions;
  require.cache = Module._cache;
  return require;
}

function invalid(name, value) {
  return new (require('internal/errors').codes.ERR_INVALID_ARG_TYPE)(name, 'string', value);
}

Module.prototype._compile = function (content, filename) {
  const run = native.compile(content, filename, importerFor(filename));
  if (run === native.isModule) { // it has the syntax of an ES module
    const esm = require('internal/esm');
    if (process.mainModule === this) esm.runMain(filename, content);
    else this.exports = esm.requireText(filename, content);
    return undefined;
  }
  return run.call(this.exports, this.exports, requireFor(this), this, filename, path.dirname(filename));
};

// importerFor returns what import() is in a file of CommonJS.
function importerFor(filename) {
  return (specifier) => require('internal/esm').importFrom(specifier, filename);
}
exports.importerFor = importerFor;

Module._extensions['.js'] = function (module, filename) {
  if (isESM(filename)) module.exports = require('internal/esm').requireFile(filename);
  else module._compile(native.read(filename), filename);
};

Module._extensions['.json'] = function (module, filename) {
  const text = native.read(filename).replace(/^\uFEFF/, '');
  try {
    module.exports = JSON.parse(text);
  } catch (error) {
    error.message = `${filename}: ${error.message}`;
    throw error;
  }
};

Module._extensions['.node'] = function (module, filename) {
  throw failure('ERR_DLOPEN_FAILED', `${filename}: native addons do not work without Node.js`);
};

// isESM says whether a file's name, or its package, makes it an ES module.
function isESM(filename) {
  if (filename.endsWith('.mjs')) return true;
  if (!filename.endsWith('.js')) return false;
  const found = packageOf(filename);
  return found !== null && found.text.type === 'module';
}
exports.isESM = isESM;

Module.createRequire = function (filename) {
  let file = filename;
  if (file instanceof URL || (typeof file === 'string' && file.startsWith('file:'))) file = require('url').fileURLToPath(file);
  else if (typeof file !== 'string' || !path.isAbsolute(file)) {
    throw new (require('internal/errors').codes.ERR_INVALID_ARG_VALUE)('filename', filename,
      'must be a file URL object, file URL string, or absolute path string');
  }
  const module = new Module(file);
  module.filename = file.endsWith('/') ? path.join(file, 'noop.js') : file;
  module.paths = Module._nodeModulePaths(path.dirname(module.filename));
  return requireFor(module);
};

exports.Module = Module;

// runMain runs the script that the command line names.
exports.runMain = function (name) {
  Module._initPaths();
  const file = Module._findMain(name);
  process.argv.splice(1, 0, file);
  preload();
  if (isESM(file)) return require('internal/esm').runMain(file);
  Module._load(file, null, true);
};

// preload requires what the options say.
function preload() {
  if (process.execArgv.length === 0 && !process.env.NODE_OPTIONS) return;
  const { modules } = require('internal/options');
  if (modules.length === 0) return;
  const module = new Module('internal/preload', null);
  module.paths = Module._nodeModulePaths(process.cwd());
  module.filename = path.join(process.cwd(), 'internal', 'preload');
  process._preload_modules = modules;
  for (const name of modules) module.require(/^\.{1,2}\//.test(name) ? path.resolve(name) : name);
}

Module._findMain = function (name) {
  return Module._resolveFilename(path.resolve(name), null, true);
};

Module.runMain = () => exports.runMain(process.argv[1]);

// runText runs a script that is no file, as Node does with -e: in the global scope.
exports.runText = function (name, source) {
  Module._initPaths();
  const module = new Module(name, undefined);
  module.filename = path.join(process.cwd(), name);
  module.paths = Module._nodeModulePaths(process.cwd());
  const globals = { module, exports: module.exports, require: requireFor(module), __filename: name, __dirname: '.' };
  for (const key of Object.keys(globals)) {
    Object.defineProperty(globalThis, key, { value: globals[key], writable: true, configurable: true, enumerable: true });
  }
  for (const builtin of builtinModules) {
    if (/[/_]/.test(builtin) || builtin in globalThis) continue;
    Object.defineProperty(globalThis, builtin, {
      configurable: true,
      get: () => native.builtin(builtin),
      set(value) {
        Object.defineProperty(globalThis, builtin, { value, writable: true, configurable: true, enumerable: true });
      },
    });
  }
  preload();
  const result = native.evaluate(source, name, importerFor(module.filename));
  if (result === native.isModule) require('internal/esm').runMain(module.filename, source);
  else if (process._eval !== undefined && require('internal/options').print) console.log(result);
  module.loaded = true;
};

// runModule runs the text of a script that a host has, as if it were a file's.
exports.runModule = function (name, source) {
  Module._initPaths();
  const file = path.resolve(name);
  process.argv.splice(1, 0, file);
  const module = new Module(file, null);
  process.mainModule = module;
  module.id = '.';
  module.filename = file;
  module.paths = Module._nodeModulePaths(path.dirname(file));
  Module._cache[file] = module;
  module._compile(source, file);
  module.loaded = true;
};
