// Copyright 2026 The duplex authors. MIT license.

// V8's side of errors: stack as a property of each error, Error.captureStackTrace,
// Error.stackTraceLimit and Error.prepareStackTrace.

'use strict';

const native = binding('stack');
const natives = require('internal/natives');

const describe = Error.prototype.toString;

class CallSite {
  #function;
  #file;
  #line;
  #column;
  constructor(name, file, line, column) {
    this.#function = name;
    this.#file = file;
    this.#line = line;
    this.#column = column;
  }
  getThis() { return undefined; }
  getTypeName() { return 'Object'; }
  getFunction() { return undefined; }
  getFunctionName() { return this.#function || null; }
  getMethodName() { return null; }
  getFileName() { return this.#file || undefined; }
  getLineNumber() { return this.#line || null; }
  getColumnNumber() { return this.#column || null; }
  getEvalOrigin() { return undefined; }
  getScriptNameOrSourceURL() { return this.#file || null; }
  getScriptHash() { return ''; }
  getEnclosingLineNumber() { return this.#line || null; }
  getEnclosingColumnNumber() { return this.#column || null; }
  getPosition() { return 0; }
  getPromiseIndex() { return null; }
  isToplevel() { return true; }
  isEval() { return false; }
  isNative() { return this.#file === ''; }
  isConstructor() { return false; }
  isAsync() { return false; }
  isPromiseAll() { return false; }
  toString() {
    const where = this.#file ? `${this.#file}:${this.#line}:${this.#column}` : '<anonymous>';
    return this.#function ? `${this.#function} (${where})` : where;
  }
}

// capture gives an object the stack of the calls outside of the function named
// above, and of the constructors that made it.
function capture(object, above, constructors) {
  const limit = Replaced.stackTraceLimit;
  if (typeof limit !== 'number') return;
  const prepare = Replaced.prepareStackTrace;
  if (typeof prepare !== 'function') {
    written(object, native.capture(limit, above, constructors));
    return;
  }
  const flat = native.frames(limit, above, constructors);
  const sites = [];
  for (let i = 0; i < flat.length; i += 4) sites.push(new CallSite(flat[i], flat[i + 1], flat[i + 2], flat[i + 3]));
  const value = prepare.call(Replaced, object, sites);
  Object.defineProperty(object, 'stack', { value, writable: true, enumerable: false, configurable: true });
}

// written gives object a stack that is written when somebody first looks at it, so
// that it has the name and message of then, as in V8.
function written(object, calls) {
  const keep = (value) => Object.defineProperty(object, 'stack', { value, writable: true, enumerable: false, configurable: true });
  Object.defineProperty(object, 'stack', {
    get() {
      let head = 'Error';
      try {
        head = describe.call(object);
      } catch {
        // it has a name or a message that is no string
      }
      const text = native.text(head, calls);
      keep(text);
      return text;
    },
    set: keep,
    enumerable: false,
    configurable: true,
  });
}

// derived lists the names of a class and of those between it and Base.
function derived(target, Base) {
  const names = [];
  for (let one = target; typeof one === 'function' && one !== Base; one = Object.getPrototypeOf(one)) {
    names.push(typeof one.name === 'string' ? one.name : '');
  }
  return names;
}

// replace puts a class in place of one of the engine's errors that makes the same
// objects, with V8's stack.
function replace(name, length) {
  const Native = globalThis[name];
  const Class = {
    [name]: function (...args) {
      const error = Reflect.construct(Native, args, new.target || Class);
      capture(error, undefined, new.target === undefined || new.target === Class ? undefined : derived(new.target, Class));
      return error;
    },
  }[name];
  Object.defineProperty(Class, 'length', { value: length, configurable: true });
  Object.defineProperty(Class, 'prototype', { value: Native.prototype, writable: false, enumerable: false });
  Object.defineProperty(Native.prototype, 'constructor', { value: Class, writable: true, enumerable: false, configurable: true });
  natives.native(Class);
  if (name !== 'Error') Object.setPrototypeOf(Class, Replaced);
  Object.defineProperty(globalThis, name, { value: Class, writable: true, enumerable: false, configurable: true });
  return Class;
}

const Replaced = replace('Error', 1);
Replaced.stackTraceLimit = 10;
Object.defineProperty(Replaced, 'captureStackTrace', {
  value: natives.native(function captureStackTrace(object, above) {
    if (object === null || (typeof object !== 'object' && typeof object !== 'function')) {
      throw new TypeError(`Invalid argument ${String(object)}`);
    }
    capture(object, typeof above === 'function' ? above.name : undefined);
  }),
  writable: true,
  enumerable: false,
  configurable: true,
});
for (const name of ['TypeError', 'RangeError', 'SyntaxError', 'ReferenceError', 'EvalError', 'URIError']) replace(name, 1);
replace('AggregateError', 2);

// JSON.parse complains in V8's words.
const { parse } = JSON;
Object.defineProperty(JSON, 'parse', {
  value: {
    parse(text, reviver) {
      if (typeof reviver !== 'function') reviver = undefined;
      try {
        return parse(text, reviver);
      } catch (error) {
        if (!(error instanceof SyntaxError)) throw error;
        const why = native.json(`${text}`);
        if (!why) {
          if (!error.message.includes('cannot unmarshal number')) throw error;
          return parseHuge(`${text}`, reviver);
        }
        const better = new SyntaxError(why);
        Object.defineProperty(better, exports.source, { value: `${text}`, enumerable: false });
        throw better;
      }
    },
  }.parse,
  writable: true,
  enumerable: false,
  configurable: true,
});

// parseHuge parses JSON with a number that is beyond all numbers.
function parseHuge(text, reviver) {
  const marked = text.replace(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g, (one) => (Math.abs(Number(one)) === Infinity ? `"\\u0000${one[0]}Infinity"` : one));
  return parse(marked, function (key, value) {
    if (value === '\0-Infinity') value = -Infinity;
    else if (typeof value === 'string' && value.startsWith('\0') && value.endsWith('Infinity')) value = Infinity;
    return reviver ? reviver.call(this, key, value) : value;
  });
}

// JSON.stringify names the properties of a circle.
const { stringify } = JSON;
Object.defineProperty(JSON, 'stringify', {
  value: {
    stringify(value, replacer, space) {
      try {
        return stringify(value, replacer, space);
      } catch (error) {
        if (error instanceof TypeError && error.message === 'Converting circular structure to JSON') {
          throw new TypeError(error.message + circle(value));
        }
        throw error;
      }
    },
  }.stringify,
  writable: true,
  enumerable: false,
  configurable: true,
});

// circle tells of the first circle in an object, as V8 does.
function circle(root) {
  const path = []; // of [object, name of the property that led there]
  function search(object, name) {
    const at = path.findIndex(([other]) => other === object);
    if (at >= 0) return [at, name];
    path.push([object, name]);
    for (const key of Object.keys(object)) {
      const value = object[key];
      if (value === null || typeof value !== 'object') continue;
      const found = search(value, key);
      if (found) return found;
    }
    path.pop();
    return undefined;
  }
  const found = search(root, '');
  if (!found) return '';
  const named = ([object, name]) => (Array.isArray(object) ? `index ${name}` : `property '${name}'`);
  const maker = (object) => `object with constructor '${object.constructor?.name ?? 'Object'}'`;
  const [start, closing] = found;
  const round = path.slice(start);
  let text = `\n    --> starting at ${maker(round[0][0])}`;
  const steps = round.slice(1).map(([object, name], i) => `\n    |     ${named([round[i][0], name])} -> ${maker(object)}`);
  if (steps.length > 2) steps.splice(1, steps.length - 2, '\n    |     ...');
  text += steps.join('');
  return `${text}\n    --- ${named([round[round.length - 1][0], closing])} closes the circle`;
}

// Where a JSON.parse keeps the text that it failed on, for what is said in the end.
exports.source = Symbol('source');

exports.mend = native.mend;

// place says where an error of the library's is to be said to come from if nobody
// catches it: the place, the line there and a caret, as people know it.
exports.places = new WeakMap();
exports.place = function (error, text) {
  if (error !== null && typeof error === 'object') exports.places.set(error, text);
};
