// Copyright 2026 The duplex authors. MIT license.

// ES modules. Go has made functions of them (lower.go); here they are found, put in
// order and run.

'use strict';

const native = binding('modules');
const loader = require('internal/loader');
const { Module } = loader;

// A record is an ES module, by file.
const records = new Map();

// What a module of CommonJS or of the library looks like to an ES module, by its
// exports.
const views = new Map();

function failure(code, message) {
  const error = new Error(message);
  error.code = code;
  require('internal/errors').decorate(error, `Error [${code}]`);
  return error;
}

function namespace() {
  const object = Object.create(null);
  Object.defineProperty(object, Symbol.toStringTag, { value: 'Module' });
  return object;
}

// expose gives a namespace what getters has, in the order of the alphabet.
function expose(space, getters) {
  for (const name of Object.keys(getters).sort()) {
    if (!Object.prototype.hasOwnProperty.call(space, name)) {
      Object.defineProperty(space, name, { get: getters[name], enumerable: true, configurable: true });
    }
  }
}

// view returns the namespace of a module that is none of ECMAScript's.
function view(value) {
  let space = views.get(value);
  if (space !== undefined) return space;
  space = namespace();
  const names = ['default'];
  if (value !== null && (typeof value === 'object' || typeof value === 'function')) {
    names.push(...Object.keys(value).filter((name) => name !== 'default'));
  }
  for (const name of names.sort()) {
    const lazy = name !== 'default' && Object.getOwnPropertyDescriptor(value, name).get !== undefined;
    Object.defineProperty(space, name, lazy ?
      { get: () => value[name], enumerable: true } :
      { value: name === 'default' ? value : value[name], enumerable: true, writable: true });
  }
  views.set(value, space);
  return space;
}

function toFile(specifier, from) {
  if (specifier.startsWith('file:')) return require('url').fileURLToPath(specifier);
  if (/^[a-z]+:/i.test(specifier) && !specifier.startsWith('node:')) {
    throw failure('ERR_UNSUPPORTED_ESM_URL_SCHEME', 'Only URLs with a scheme in: file, data, and node are supported by the default ESM loader. ' +
      `Received protocol '${/^[a-z]+:/i.exec(specifier)[0]}'`);
  }
  const folder = native.dirname(from);
  if (loader.isRelative(specifier) || native.isAbsolute(specifier)) {
    const file = native.resolve(folder, decodeURIComponent(specifier.replace(/[?#].*$/, '')));
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

function recordOf(file, text) {
  let record = records.get(file);
  if (record !== undefined) return record;
  const compiled = native.lower(text === undefined ? native.read(file) : text, file);
  record = { file, ...compiled, space: namespace(), state: 'new', promise: undefined, links: new Map() };
  records.set(file, record);
  for (const specifier of record.imports) record.links.set(specifier, link(specifier, file));
  return record;
}

// link finds what a specifier means: { record } for an ES module, { load } for
// others.
function link(specifier, from) {
  if (native.isHost(specifier)) return { load: () => native.host(specifier) };
  if (Module.isBuiltin(specifier)) return { load: () => native.builtin(specifier.replace(/^node:/, '')) };
  if (specifier.startsWith('node:')) throw failure('ERR_UNKNOWN_BUILTIN_MODULE', `No such built-in module: ${specifier}`);
  const file = toFile(specifier, from);
  if (file.endsWith('.json')) return { load: () => Module._load(file, null, false) };
  if (loader.isESM(file)) return { record: recordOf(file) };
  return { load: () => Module._load(file, null, false), file };
}

// spaceOf returns the namespace that a link leads to, which has been run.
function spaceOf(found) {
  if (found.record) return found.record.space;
  const value = found.load();
  const record = records.get(found.file); // a file of CommonJS by its name, not by its syntax
  return record ? record.space : view(value);
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
    for (const found of record.links.values()) {
      const wait = found.record ? run(found.record) : void spaceOf(found);
      if (wait) waits.push(wait);
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

// body runs a module's own text; it returns a promise if that waits.
function body(record) {
  const { file, space } = record;
  const module = {
    get exports() {
      return space;
    },
    set exports(value) {
      const getters = {};
      for (const name of Object.keys(value)) getters[name] = () => value[name];
      expose(space, getters);
    },
  };
  let promise;
  const given = (specifier) => spaceOf(record.links.get(specifier));
  const meta = Object.create(null);
  meta.dirname = native.dirname(file);
  meta.filename = file;
  meta.resolve = (specifier) => {
    if (Module.isBuiltin(specifier)) return specifier.startsWith('node:') ? specifier : `node:${specifier}`;
    return String(require('url').pathToFileURL(toFile(specifier, file)));
  };
  Object.defineProperty(meta, 'url', { get: () => String(require('url').pathToFileURL(file)), enumerable: true });
  record.run(given, module, meta, (specifier) => exports.importFrom(specifier, file), (getters) => expose(space, getters), (rest) => {
    promise = rest();
  });
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
  return record.space;
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
