// Copyright 2026 The duplex authors. MIT license.

// ES modules. Go has made functions of them (lower.go); here they are found, put in
// order and run.

'use strict';

const native = binding('modules');
const loader = require('internal/loader');
const { Module } = loader;
const own = Object.prototype.hasOwnProperty;

// A record is an ES module, by file and what its URL has after that.
const records = new Map();

// What a module of CommonJS or of the library looks like to an ES module, by its
// exports, or of a file, by its name.
const views = new Map();

const failure = (code, message) => coded(new Error(message), code);

function namespace() {
  const object = Object.create(null);
  Object.defineProperty(object, Symbol.toStringTag, { value: 'Module' });
  return object;
}

// expose gives a namespace what getters has, in the order of the alphabet.
function expose(space, getters) {
  for (const name of Object.keys(getters).sort()) {
    if (!own.call(space, name)) {
      Object.defineProperty(space, name, { get: getters[name], enumerable: true, configurable: true });
    }
  }
}

// close puts all names of a namespace in order. Nothing of it changes after that.
function close(space) {
  const names = Object.keys(space);
  if (names.some((name, i) => i > 0 && name < names[i - 1])) {
    const all = names.sort().map((name) => [name, Object.getOwnPropertyDescriptor(space, name)]);
    for (const name of names) delete space[name];
    for (const [name, descriptor] of all) Object.defineProperty(space, name, descriptor);
  }
  Object.seal(space);
}

// namesOf returns the names of a file's exports, as its text tells them; undefined if it
// has no text.
function namesOf(file, seen = new Set()) {
  if (!/\.c?js$/.test(file) || seen.has(file) || loader.isESM(file)) return undefined;
  seen.add(file);
  const { names, reexports } = native.named(native.read(file), file);
  const found = new Set(names);
  for (const specifier of reexports) {
    if (Module.isBuiltin(specifier)) continue;
    let other;
    try {
      other = Module._resolveFilename(specifier, { filename: file, paths: Module._nodeModulePaths(native.dirname(file)) });
    } catch {
      continue; // it may be required where it is there
    }
    for (const name of namesOf(other, seen) ?? []) found.add(name);
  }
  return found;
}

// view returns the namespace of a module that is none of ECMAScript's. Names that only
// a run of the module tells are there too, but not listed.
function view(value, file, suffix) {
  const key = file === undefined ? value : file + suffix;
  let space = views.get(key);
  if (space !== undefined) return space;
  space = namespace();
  const keys = value !== null && (typeof value === 'object' || typeof value === 'function') ? Object.keys(value) : [];
  const told = file === undefined ? new Set(keys) : namesOf(file) ?? new Set();
  const names = new Set([...told, ...keys, 'default']);
  for (const name of [...names].sort()) {
    const enumerable = told.has(name) || name === 'default';
    const lazy = name !== 'default' && has(value, name) && Object.getOwnPropertyDescriptor(value, name)?.get !== undefined;
    Object.defineProperty(space, name, lazy ?
      { get: () => value[name], enumerable } :
      { value: name === 'default' ? value : has(value, name) ? value[name] : undefined, enumerable, writable: true });
  }
  views.set(key, space);
  return space;
}

const has = (value, name) => value !== null && value !== undefined && own.call(value, name);

// suffixOf returns the query and the fragment of a specifier that is a URL.
function suffixOf(specifier) {
  if (!loader.isRelative(specifier) && !native.isAbsolute(specifier) && !specifier.startsWith('file:')) return '';
  return /[?#].*$/s.exec(specifier)?.[0] ?? '';
}

// located returns the file that a path in a specifier leads to.
const located = (specifier, folder) => native.resolve(folder, decodeURIComponent(specifier.replace(/[?#].*$/s, '')));

function toFile(specifier, from) {
  if (isText(from) && !/^[a-z]+:/i.test(specifier)) {
    throw coded(new TypeError(`Failed to resolve module specifier "${specifier}" from "${from}": Invalid relative URL or base scheme is not hierarchical.`),
      'ERR_UNSUPPORTED_RESOLVE_REQUEST');
  }
  const isFile = specifier.startsWith('file:');
  if (/^[a-z]+:/i.test(specifier) && !specifier.startsWith('node:') && !isFile) {
    throw failure('ERR_UNSUPPORTED_ESM_URL_SCHEME', 'Only URLs with a scheme in: file, data, and node are supported by the default ESM loader. ' +
      `Received protocol '${/^[a-z]+:/i.exec(specifier)[0]}'`);
  }
  const folder = native.dirname(from);
  if (isFile || loader.isRelative(specifier) || native.isAbsolute(specifier)) {
    const file = isFile ? require('url').fileURLToPath(specifier) : located(specifier, folder);
    const kind = native.kind(file);
    if (kind === 1) {
      throw failure('ERR_UNSUPPORTED_DIR_IMPORT', `Directory import '${file}' is not supported resolving ES modules imported from ${from}`);
    }
    if (kind !== 0) throw failure('ERR_MODULE_NOT_FOUND', `Cannot find module '${file}' imported from ${from}`);
    return native.real(file);
  }
  const found = loader.find(specifier, folder, Module._nodeModulePaths(folder), loader.imported);
  if (found) return found;
  throw failure('ERR_MODULE_NOT_FOUND', `Cannot find package '${specifier}' imported from ${from}`);
}

function recordOf(file, text, suffix = '') {
  const key = file + suffix;
  let record = records.get(key);
  if (record !== undefined) return record;
  const compiled = native.lower(text === undefined ? native.read(file) : text, file);
  record = { file, suffix, ...compiled, space: namespace(), state: 'new', promise: undefined, links: new Map(), circular: undefined };
  records.set(key, record);
  try {
    for (const specifier of record.imports) record.links.set(specifier, link(specifier, file));
  } catch (error) {
    records.delete(key); // the next one who asks for it is to hear the same
    throw error;
  }
  return record;
}

// isText says whether the name of a module is its text.
const isText = (name) => name.startsWith('data:');

// textOf returns the text of a module that is a URL with the scheme data.
function textOf(url) {
  const found = /^data:([^,;]*)([^,]*),(.*)$/s.exec(url.replace(/#.*$/s, ''));
  if (!found) throw coded(new TypeError('Invalid URL'), 'ERR_INVALID_URL');
  const [, type, parameters, body] = found;
  const text = decodeURIComponent(body);
  if (/^(?:text|application)\/javascript$/i.test(type)) return /;\s*base64$/i.test(parameters) ? Buffer.from(text, 'base64').toString() : text;
  if (type === 'application/json') {
    throw coded(new TypeError(`Module "${url}" needs an import attribute of type "json"`), 'ERR_IMPORT_ASSERTION_TYPE_MISSING');
  }
  throw coded(new RangeError(`Unknown module format: ${type} for URL ${url}`), 'ERR_UNKNOWN_MODULE_FORMAT');
}

function coded(error, code) {
  error.code = code;
  require('internal/errors').decorate(error, `${error.name} [${code}]`);
  return error;
}

// link finds what a specifier means: { record } for an ES module, { load } for
// others.
function link(specifier, from) {
  if (native.isHost(specifier)) return { load: () => native.host(specifier) };
  if (Module.isBuiltin(specifier)) return { load: () => native.builtin(specifier.replace(/^node:/, '')) };
  if (specifier.startsWith('node:')) throw failure('ERR_UNKNOWN_BUILTIN_MODULE', `No such built-in module: ${specifier}`);
  if (isText(specifier)) return { record: recordOf(specifier, records.has(specifier) ? '' : textOf(specifier)) };
  const file = toFile(specifier, from);
  if (file.endsWith('.json')) return { load: () => Module._load(file, null, false) };
  if (loader.isESM(file)) return { record: recordOf(file, undefined, suffixOf(specifier)) };
  return { load: () => Module._load(file, null, false), file, suffix: suffixOf(specifier) };
}

// spaceOf returns the namespace that a link leads to, which has been run.
function spaceOf(found) {
  if (found.record) return found.record.space;
  const value = found.load();
  const record = records.get(found.file); // a file of CommonJS by its name, not by its syntax
  return record ? record.space : view(value, found.file, found.suffix);
}

// run runs a module after those that it imports. It returns a promise if one of
// them waits at its top level.
function run(record) {
  if (record.state !== 'new') {
    if (record.state === 'failed') throw record.error;
    return record.promise;
  }
  record.state = 'running';
  const waits = [];
  try {
    if (!isCircular(record)) {
      for (const found of record.links.values()) {
        const wait = found.record ? run(found.record) : void spaceOf(found);
        if (wait) waits.push(wait);
      }
    }
    if (waits.length > 0) record.promise = Promise.all(waits).then(() => body(record));
    else record.promise = body(record);
  } catch (error) {
    record.state = 'failed';
    record.error = error;
    throw error;
  }
  if (record.promise === undefined) record.state = 'done';
  return record.promise;
}

// isCircular says whether a module imports itself by way of others, and nothing that it
// imports waits at its top level. Such a module begins to run before what it imports,
// which it runs when it asks for it: its functions are there for the others.
function isCircular(record) {
  if (record.circular !== undefined) return record.circular;
  const seen = new Set();
  let waits = record.async;
  const reach = (one) => {
    for (const { record: next } of one.links.values()) {
      if (next === undefined || seen.has(next)) continue;
      seen.add(next);
      waits ||= next.async;
      if (next.circular !== false) reach(next);
    }
  };
  reach(record);
  record.circular = seen.has(record) && !waits;
  return record.circular;
}

// body runs a module's own text; it returns a promise if that waits.
function body(record) {
  const { file, space } = record;
  const module = {
    get exports() { // to which names of other modules are added
      return new Proxy(space, {
        defineProperty: (target, name, descriptor) => Reflect.defineProperty(target, name, { ...descriptor, configurable: true }),
      });
    },
    set exports(value) {
      const getters = {};
      for (const name of Object.keys(value)) getters[name] = () => value[name];
      expose(space, getters);
    },
  };
  let promise;
  const given = (specifier) => {
    const found = record.links.get(specifier);
    if (record.circular && found.record) run(found.record);
    return spaceOf(found);
  };
  const peek = (specifier) => record.links.get(specifier).record?.space;
  const meta = Object.create(null);
  const url = isText(file) ? file : undefined;
  if (url === undefined) {
    meta.dirname = native.dirname(file);
    meta.filename = file;
  }
  meta.resolve = (specifier) => {
    if (Module.isBuiltin(specifier)) return specifier.startsWith('node:') ? specifier : `node:${specifier}`;
    if (isText(specifier)) return specifier;
    if (specifier.startsWith('file:')) return new URL(specifier).href;
    const isPath = (loader.isRelative(specifier) || native.isAbsolute(specifier)) && !isText(file); // it need not be there
    const found = isPath ? located(specifier, native.dirname(file)) : toFile(specifier, file);
    return require('url').pathToFileURL(found) + suffixOf(specifier);
  };
  Object.defineProperty(meta, 'url', { get: () => url ?? require('url').pathToFileURL(file) + record.suffix, enumerable: true });
  record.run(given, module, meta, (specifier) => exports.importFrom(specifier, file), (getters) => expose(space, getters), (rest) => {
    promise = rest();
  }, peek);
  if (promise) return promise.then(() => close(space));
  close(space);
  return promise;
}

// importFrom is import() in a file.
exports.importFrom = function (specifier, from) {
  return new Promise((resolve) => {
    const found = link(`${specifier}`, from);
    const wait = found.record && run(found.record);
    if (wait) resolve(wait.then(() => found.record.space));
    else resolve(spaceOf(found));
  });
};

function required(record) {
  const wait = run(record);
  if (wait) {
    wait.catch(() => {});
    throw failure('ERR_REQUIRE_ASYNC_MODULE', 'require() cannot be used on an ESM graph with top-level await. ' +
      'Use import() instead. To see where the top-level await comes from, use --experimental-print-required-tla.');
  }
  const { space } = record;
  if (own.call(space, 'module.exports')) return space['module.exports'];
  if (!own.call(space, 'default') || own.call(space, '__esModule')) return space;
  return (record.marked ??= marked(space));
}

// marked returns a namespace that shows what was compiled to CommonJS that its default
// is that of an ES module.
function marked(space) {
  const object = namespace();
  Object.defineProperty(object, '__esModule', { value: true, enumerable: true, writable: true, configurable: true }); // until close
  const getters = {};
  for (const name of Object.keys(space)) getters[name] = () => space[name];
  expose(object, getters);
  close(object);
  return object;
}

// requireFile and requireText are require() of an ES module.
exports.requireFile = (file) => required(recordOf(file));
exports.requireText = (file, text) => required(recordOf(file, text));

// runMain and runText run the script that is an ES module.
exports.runMain = function (file, text) {
  const wait = run(recordOf(file, text));
  if (!wait) return;
  let waiting = true;
  process.on('exit', (code) => {
    if (waiting && code === 0) process.exitCode = 13;
  });
  wait.then(
    () => { waiting = false; },
    (error) => {
      waiting = false;
      process.nextTick(() => { throw error; });
    },
  );
};
