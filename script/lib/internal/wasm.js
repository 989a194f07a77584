// Copyright 2026 The duplex authors. MIT license.

// The global WebAssembly. Its classes check their arguments here, with V8's messages; what
// they stand for is Go's.

'use strict';

const wasm = binding('wasm');
const held = new Map(); // a class → its objects → what Go knows each by
const wrapping = Symbol('wrapping');

const WebAssembly = (exports.WebAssembly = {});

function hidden(object, name, value) {
  Object.defineProperty(object, name, { value, writable: true, enumerable: false, configurable: true });
}

function tag(object, value) {
  Object.defineProperty(object, Symbol.toStringTag, { value, writable: false, enumerable: false, configurable: true });
}
tag(WebAssembly, 'WebAssembly');

Object.assign(WebAssembly, {
  compile(bytes) {
    const method = 'WebAssembly.compile()';
    if (!isSource(bytes)) return refused(method, 'Argument 0 must be a buffer source');
    return new Promise((resolve, reject) => compiled(bytes, method, resolve, reject));
  },
  validate(bytes) {
    if (!isSource(bytes)) throw failure(TypeError, 'WebAssembly.validate(): Argument 0 must be a buffer source');
    return wasm.validate(...source(bytes));
  },
  instantiate(from, imports) {
    const method = 'WebAssembly.instantiate()';
    const isModule = handle(from, Module) !== undefined;
    if (!isModule && !isSource(from)) {
      return refused(method, `Argument 0 must be a buffer source${isObject(from) ? '' : ' or a WebAssembly.Module object'}`);
    }
    if (imports !== undefined && !isObject(imports)) return refused(method, 'Argument 1 must be an object');
    return new Promise((resolve, reject) => {
      if (isModule) {
        settle(resolve, reject, () => instance(from, imports, method));
        return;
      }
      compiled(from, method, (module) => {
        settle(resolve, reject, () => ({ module, instance: instance(module, imports, method) }));
      }, reject);
    });
  },
  compileStreaming(source) {
    return refuseStreaming(source);
  },
  instantiateStreaming(source) {
    return refuseStreaming(source);
  },
});
Object.defineProperty(WebAssembly.instantiate, 'length', { value: 1, configurable: true });

// failure returns an error whose stack begins in the script.
function failure(Class, message) {
  const error = new Class(message);
  const [head, ...frames] = String(error.stack).split('\n    at ');
  hidden(error, 'stack', [head, ...frames.filter((frame) => !frame.includes('node:internal/wasm:'))].join('\n    at '));
  return error;
}

function isObject(value) {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

function isSource(value) {
  return wasm.isBuffer(value) || (ArrayBuffer.isView(value) && Reflect.apply(kindOf, value, []) !== undefined);
}

const typedArray = Object.getPrototypeOf(Uint8Array.prototype);
const [bufferOf, offsetOf, lengthOf, kindOf] = ['buffer', 'byteOffset', 'byteLength', Symbol.toStringTag]
  .map((name) => Object.getOwnPropertyDescriptor(typedArray, name).get);

// source returns the buffer, the offset and the length of what isSource is true for,
// whatever properties of these names a script gave it.
function source(value) {
  if (!ArrayBuffer.isView(value)) return [value, 0, undefined];
  return [bufferOf, offsetOf, lengthOf].map((get) => Reflect.apply(get, value, []));
}

// handle returns what an object of a class stands for, undefined if value is none. A prototype
// says nothing: a script may change it.
function handle(value, Class) {
  return held.get(Class).get(value);
}

function hold(object, Class, made) {
  held.get(Class).set(object, made);
}

// receiver is handle for a method of the class.
function receiver(object, Class, method) {
  const found = handle(object, Class);
  if (found === undefined) throw failure(TypeError, `${method}: Receiver is not a WebAssembly.${Class.name}`);
  return found;
}

// size reads a number of pages, elements or the like.
function size(value, method, what) {
  if (typeof value === 'bigint') throw failure(TypeError, 'Cannot convert a BigInt value to a number');
  const number = +value;
  if (!Number.isFinite(number)) throw failure(TypeError, `${method}: ${what} must be convertible to a valid number`);
  if (number < 0) throw failure(TypeError, `${method}: ${what} must be non-negative`);
  if (number > 0xffffffff) throw failure(TypeError, `${method}: ${what} must be in the unsigned long range`);
  return Math.trunc(number) + 0;
}

// limits reads the initial and the maximum size of a descriptor; -1 is no maximum.
function limits(descriptor, method, most) {
  const read = (name, least, upper) => {
    const value = descriptor[name];
    if (value === undefined) return -1;
    const number = size(value, method, `Property '${name}'`);
    if (number < least) {
      throw failure(RangeError, `${method}: Property '${name}': value ${number} is below the lower bound ${least}`);
    }
    if (number > upper) {
      throw failure(RangeError, `${method}: Property '${name}': value ${number} is above the upper bound ${upper}`);
    }
    return number;
  };
  const initial = read('initial', 0, most.initial);
  if (initial < 0) throw failure(TypeError, `${method}: Property 'initial' is required`);
  return [initial, read('maximum', initial, most.maximum)];
}

// define makes a class of the namespace. Its accessors are enumerable, as its methods are.
function define(Class, members) {
  const { name, prototype } = Class;
  held.set(Class, new WeakMap());
  hidden(WebAssembly, name, Class);
  for (const key of Object.keys(Object.getOwnPropertyDescriptors(members))) {
    Object.defineProperty(prototype, key, Object.getOwnPropertyDescriptor(members, key));
  }
  tag(prototype, `WebAssembly.${name}`);
  Object.defineProperty(Class, 'prototype', { writable: false });
}

function called(target, name) {
  if (target === undefined) throw failure(TypeError, `WebAssembly.${name}(): WebAssembly.${name} must be invoked with 'new'`);
}

function Module(bytes) {
  called(new.target, 'Module');
  if (bytes === wrapping) return;
  if (!isSource(bytes)) throw failure(TypeError, 'WebAssembly.Module(): Argument 0 must be a buffer source');
  hold(this, Module, wasm.compile(...source(bytes), 'WebAssembly.Module()'));
}

function moduleOf(value, method) {
  const found = handle(value, Module);
  if (found === undefined) throw failure(TypeError, `${method}: Argument 0 must be a WebAssembly.Module`);
  return found;
}

define(Module, {});
Object.assign(Module, {
  imports(module) {
    return wasm.imports(moduleOf(module, 'WebAssembly.Module.imports()'));
  },
  exports(module) {
    return wasm.exports(moduleOf(module, 'WebAssembly.Module.exports()'));
  },
  customSections(module, name) {
    const found = moduleOf(module, 'WebAssembly.Module.customSections()');
    if (name === undefined) throw failure(TypeError, 'WebAssembly.Module.customSections(): Argument 1 is required');
    return wasm.customSections(found, `${name}`);
  },
});
Object.defineProperty(Module.customSections, 'length', { value: 2, configurable: true });

function Instance(module, imports) {
  called(new.target, 'Instance');
  if (module === wrapping) return;
  const method = 'WebAssembly.Instance()';
  hold(this, Instance, instantiated(moduleOf(module, method), imports, method));
}
Object.defineProperty(Instance, 'length', { value: 1, configurable: true });

function instantiated(module, imports, method) {
  if (imports !== undefined && !isObject(imports)) throw failure(TypeError, `${method}: Argument 1 must be an object`);
  return Object.freeze(wasm.instantiate(module, imports, method));
}

define(Instance, {
  get exports() {
    return receiver(this, Instance, 'WebAssembly.Instance.exports()');
  },
});

const notFunction = 'function-typed object must be null (if nullable) or a Wasm function object';

// element returns what a table of functions may hold: value, or what an absent one stands for.
// Of a wrong one, wrong is said.
function element(functions, values, index, wrong) {
  if (values.length <= index) return functions ? null : undefined;
  const value = values[index];
  if (functions && value !== null && !wasm.isFunction(value)) throw failure(TypeError, wrong);
  return value;
}

function Table(descriptor) {
  called(new.target, 'Table');
  if (descriptor === wrapping) return;
  const method = 'WebAssembly.Table()';
  if (!isObject(descriptor)) throw failure(TypeError, `${method}: Argument 0 must be a table descriptor`);
  const kind = `${descriptor.element}`;
  if (kind !== 'anyfunc' && kind !== 'externref') {
    throw failure(TypeError, `${method}: Descriptor property 'element' must be a WebAssembly reference type`);
  }
  const [initial, maximum] = limits(descriptor, method, { initial: 10000000, maximum: 0xffffffff });
  const values = arguments[1] === undefined ? [] : arguments;
  const value = initial === 0 ? null : element(kind === 'anyfunc', values, 1,
    `${method}: Argument 2 must be undefined or a value of type compatible with the type of the new table: ${notFunction}.`);
  hold(this, Table, wasm.table(this, kind, initial, maximum, value));
}

function place(table, index, method) {
  const at = size(index, method, 'Argument 0');
  if (at >= wasm.length(table)) {
    throw failure(RangeError, `${method}: invalid index ${at} into ${wasm.holdsFunctions(table) ? 'function' : 'externref'} table`);
  }
  return at;
}

define(Table, {
  get length() {
    return wasm.length(receiver(this, Table, 'WebAssembly.Table.length()'));
  },
  grow(delta) {
    const method = 'WebAssembly.Table.grow()';
    const table = receiver(this, Table, method);
    const more = size(delta, method, 'Argument 0');
    const values = arguments[1] === undefined ? [] : arguments;
    const value = element(wasm.holdsFunctions(table), values, 1, `${method}: Argument 1 is invalid: ${notFunction}`);
    const before = wasm.extend(table, more, value);
    if (before < 0) throw failure(RangeError, `${method}: failed to grow table by ${more}`);
    return before;
  },
  set(index) {
    const method = 'WebAssembly.Table.set()';
    const table = receiver(this, Table, method);
    const at = place(table, index, method);
    wasm.put(table, at, element(wasm.holdsFunctions(table), arguments, 1, `${method}: Argument 1 is invalid for table: ${notFunction}`));
  },
  get(index) {
    const method = 'WebAssembly.Table.get()';
    const table = receiver(this, Table, method);
    return wasm.at(table, place(table, index, method));
  },
});

function Memory(descriptor) {
  called(new.target, 'Memory');
  if (descriptor === wrapping) return;
  const method = 'WebAssembly.Memory()';
  if (!isObject(descriptor)) throw failure(TypeError, `${method}: Argument 0 must be a memory descriptor`);
  const [initial, maximum] = limits(descriptor, method, { initial: 65536, maximum: 65536 });
  if (descriptor.shared) {
    if (maximum < 0) throw failure(TypeError, `${method}: If shared is true, maximum property should be defined.`);
    throw failure(RangeError, `${method}: duplex has no shared memory`);
  }
  hold(this, Memory, wasm.memory(this, initial, maximum));
}

define(Memory, {
  grow(delta) {
    const method = 'WebAssembly.Memory.grow()';
    const memory = receiver(this, Memory, method);
    const before = wasm.grow(memory, size(delta, method, 'Argument 0'));
    if (before < 0) throw failure(RangeError, `${method}: ${before === -1 ? 'Maximum memory size exceeded' : 'Unable to grow instance memory'}`);
    return before;
  },
  get buffer() {
    return wasm.buffer(receiver(this, Memory, 'WebAssembly.Memory.buffer'));
  },
});

const types = new Set(['i32', 'i64', 'f32', 'f64', 'externref', 'anyfunc']);

function Global(descriptor) {
  called(new.target, 'Global');
  if (descriptor === wrapping) return;
  const method = 'WebAssembly.Global()';
  if (!isObject(descriptor)) throw failure(TypeError, `${method}: Argument 0 must be a global descriptor`);
  const mutable = !!descriptor.mutable;
  const type = `${descriptor.value}`;
  if (!types.has(type)) throw failure(TypeError, `${method}: Descriptor property 'value' must be a WebAssembly type`);
  let value = arguments[1];
  if (type === 'externref' || type === 'anyfunc') {
    if (arguments.length < 2) value = null;
    if (type === 'anyfunc' && value !== null && !wasm.isFunction(value)) throw failure(TypeError, `${method}: ${notFunction}`);
  } else if (value === undefined) {
    value = type === 'i64' ? 0n : 0;
  }
  hold(this, Global, wasm.global(this, type, mutable, value));
}

function read(object, method) {
  const global = receiver(object, Global, method);
  if (wasm.isVector(global)) throw failure(TypeError, `${method}: Can't get the value of s128 WebAssembly.Global`);
  return wasm.read(global);
}

define(Global, {
  valueOf() {
    return read(this, 'WebAssembly.Global.valueOf()');
  },
  get value() {
    return read(this, 'get WebAssembly.Global.value');
  },
  set value(value) {
    const method = 'set WebAssembly.Global.value';
    const global = receiver(this, Global, method);
    if (!wasm.isMutable(global)) throw failure(TypeError, `${method}: Can't set the value of an immutable global.`);
    if (arguments.length === 0) throw failure(TypeError, `${method}: Argument 0 is required`);
    if (wasm.isVector(global)) throw failure(TypeError, `${method}: Can't set the value of s128 WebAssembly.Global`);
    if (wasm.wantsFunction(global) && value !== null && !wasm.isFunction(value)) {
      throw failure(TypeError, `${method}: ${notFunction}`);
    }
    wasm.write(global, value);
  },
});

for (const name of ['CompileError', 'LinkError', 'RuntimeError']) {
  const Class = function (message) {
    const args = message === undefined ? [] : arguments;
    return Reflect.construct(Error, args, new.target ?? Class);
  };
  hidden(Class, 'name', name);
  Object.defineProperty(Class, 'name', { writable: false });
  Object.setPrototypeOf(Class, Error);
  Class.prototype = Object.create(Error.prototype);
  Object.defineProperty(Class, 'prototype', { writable: false, enumerable: false });
  hidden(Class.prototype, 'constructor', Class);
  hidden(Class.prototype, 'name', name);
  hidden(Class.prototype, 'message', '');
  hidden(WebAssembly, name, Class);
}

// wrap makes the object for what Go made.
function wrap(kind, made) {
  const Class = { memory: Memory, table: Table, global: Global }[kind];
  const object = new Class(wrapping);
  hold(object, Class, made);
  return object;
}

wasm.start(
  wrap,
  (name, message) => failure(WebAssembly[name] ?? globalThis[name], message),
  (value) => {
    const made = primitive(value);
    return BigInt.asIntN(64, typeof made === 'number' ? refuseNumber(made) : BigInt(made));
  },
  (value) => {
    const iterate = value === null || value === undefined ? undefined : value[Symbol.iterator];
    if (typeof iterate !== 'function') throw failure(TypeError, 'multi-return value must be iterable');
    return [...{ [Symbol.iterator]: () => Reflect.apply(iterate, value, []) }];
  },
  primitive,
);

// primitive converts a value as for a number.
function primitive(value) {
  if (!isObject(value)) return value;
  const convert = value[Symbol.toPrimitive] ?? undefined;
  if (convert !== undefined) {
    const made = Reflect.apply(convert, value, ['number']);
    if (!isObject(made)) return made;
    throw failure(TypeError, 'Cannot convert object to primitive value');
  }
  for (const name of ['valueOf', 'toString']) {
    const method = value[name];
    const made = typeof method === 'function' ? Reflect.apply(method, value, []) : value;
    if (!isObject(made)) return made;
  }
  throw failure(TypeError, 'Cannot convert object to primitive value');
}

function refuseNumber(value) {
  throw failure(TypeError, `Cannot convert ${value} to a BigInt`);
}

// settle resolves or rejects a promise by what f returns or throws, in a turn of its own, as
// V8 does even if all is known at once.
function settle(resolve, reject, f) {
  let end;
  try {
    const value = f();
    end = () => resolve(value);
  } catch (error) {
    end = () => reject(error);
  }
  wasm.later(end);
}

function refused(method, message) {
  const error = failure(TypeError, `${method}: ${message}`);
  return new Promise((resolve, reject) => wasm.later(() => reject(error)));
}

// compiled calls resolve with a module, which is compiled beside the loop, or reject.
function compiled(bytes, method, resolve, reject) {
  wasm.compileLater(...source(bytes), method, (made, message) => {
    if (message !== undefined) {
      reject(failure(WebAssembly.CompileError, message));
      return;
    }
    const module = new Module(wrapping);
    hold(module, Module, made);
    resolve(module);
  });
}

function refuseStreaming(source) {
  return new Promise((resolve, reject) => {
    Promise.resolve(source).then((value) => {
      const { ERR_INVALID_ARG_TYPE } = require('internal/errors').codes;
      throw new ERR_INVALID_ARG_TYPE('source', ['Response', 'Promise resolving to Response'], value);
    }).catch((error) => wasm.later(() => reject(error)));
  });
}

function instance(module, imports, method) {
  const object = new Instance(wrapping);
  hold(object, Instance, instantiated(handle(module, Module), imports, method));
  return object;
}
