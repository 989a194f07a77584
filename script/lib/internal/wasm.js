// Copyright 2026 The duplex authors. MIT license.

// The global WebAssembly. Its classes check their arguments here, with V8's messages; what
// they stand for is Go's.

'use strict';

const wasm = binding('wasm');
const handles = new WeakMap(); // object → what Go knows it by
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
    if (!isSource(bytes)) return Promise.reject(failure(TypeError, `${method}: Argument 0 must be a buffer source`));
    return compiled(bytes, method);
  },
  validate(bytes) {
    if (!isSource(bytes)) throw failure(TypeError, 'WebAssembly.validate(): Argument 0 must be a buffer source');
    return wasm.validate(...source(bytes));
  },
  instantiate(from, imports) {
    const method = 'WebAssembly.instantiate()';
    const isModule = from instanceof Module && handles.has(from);
    if (!isModule && !isSource(from)) {
      const or = isObject(from) ? '' : ' or a WebAssembly.Module object';
      return Promise.reject(failure(TypeError, `${method}: Argument 0 must be a buffer source${or}`));
    }
    if (imports !== undefined && !isObject(imports)) {
      return Promise.reject(failure(TypeError, `${method}: Argument 1 must be an object`));
    }
    if (isModule) return instance(from, imports, method);
    return compiled(from, method).then(async (module) => ({ module, instance: await instance(module, imports, method) }));
  },
  compileStreaming(source) {
    return Promise.resolve(source).then(refuseStreaming);
  },
  instantiateStreaming(source) {
    return Promise.resolve(source).then(refuseStreaming);
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
  return value instanceof ArrayBuffer || (ArrayBuffer.isView(value) && !(value instanceof DataView));
}

const typedArray = Object.getPrototypeOf(Uint8Array.prototype);
const [bufferOf, offsetOf, lengthOf] = ['buffer', 'byteOffset', 'byteLength']
  .map((name) => Object.getOwnPropertyDescriptor(typedArray, name).get);

// source returns the buffer, the offset and the length of what isSource is true for,
// whatever properties of these names a script gave it.
function source(value) {
  if (!ArrayBuffer.isView(value)) return [value, 0, undefined];
  return [bufferOf, offsetOf, lengthOf].map((get) => Reflect.apply(get, value, []));
}

// handle returns what an object of a class stands for.
function handle(object, Class, method) {
  const found = isObject(object) && object instanceof Class ? handles.get(object) : undefined;
  if (found === undefined) throw failure(TypeError, `${method}: Receiver is not a WebAssembly.${Class.name}`);
  return found;
}

// size reads a number of pages, elements or the like.
function size(value, method, what) {
  if (typeof value === 'bigint') throw failure(TypeError, 'Cannot convert a BigInt value to a number');
  const number = Math.trunc(+value);
  if (!Number.isFinite(number)) throw failure(TypeError, `${method}: ${what} must be convertible to a valid number`);
  if (number < 0) throw failure(TypeError, `${method}: ${what} must be non-negative`);
  if (number > 0xffffffff) throw failure(TypeError, `${method}: ${what} must be in the unsigned long range`);
  return number + 0;
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
  hidden(WebAssembly, name, Class);
  for (const key of Object.keys(Object.getOwnPropertyDescriptors(members))) {
    Object.defineProperty(prototype, key, Object.getOwnPropertyDescriptor(members, key));
  }
  tag(prototype, `WebAssembly.${name}`);
}

function called(target, name) {
  if (target === undefined) throw failure(TypeError, `WebAssembly.${name}(): WebAssembly.${name} must be invoked with 'new'`);
}

function Module(bytes) {
  called(new.target, 'Module');
  if (bytes === wrapping) return;
  if (!isSource(bytes)) throw failure(TypeError, 'WebAssembly.Module(): Argument 0 must be a buffer source');
  handles.set(this, wasm.compile(...source(bytes), 'WebAssembly.Module()'));
}

function moduleOf(value, method) {
  const found = value instanceof Module ? handles.get(value) : undefined;
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
  handles.set(this, instantiated(moduleOf(module, method), imports, method));
}
Object.defineProperty(Instance, 'length', { value: 1, configurable: true });

function instantiated(module, imports, method) {
  if (imports !== undefined && !isObject(imports)) throw failure(TypeError, `${method}: Argument 1 must be an object`);
  return Object.freeze(wasm.instantiate(module, imports, method));
}

define(Instance, {
  get exports() {
    return handle(this, Instance, 'WebAssembly.Instance.exports');
  },
});

const notFunction = 'function-typed object must be null (if nullable) or a Wasm function object';

// element returns what a table of functions may hold: value, or what an absent one stands for.
function element(functions, values, index, wrong) {
  if (values.length <= index) return functions ? null : undefined;
  const value = values[index];
  if (functions && value !== null && !wasm.isFunction(value)) throw failure(TypeError, `${wrong}: ${notFunction}`);
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
  const value = element(kind === 'anyfunc', values, 1, `${method}: Argument 2 is invalid for table`);
  handles.set(this, wasm.table(this, kind, initial, maximum, value));
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
    return wasm.length(handle(this, Table, 'WebAssembly.Table.length'));
  },
  grow(delta) {
    const method = 'WebAssembly.Table.grow()';
    const table = handle(this, Table, method);
    const more = size(delta, method, 'Argument 0');
    const values = arguments[1] === undefined ? [] : arguments;
    const value = element(wasm.holdsFunctions(table), values, 1, `${method}: Argument 1 is invalid`);
    const before = wasm.extend(table, more, value);
    if (before < 0) throw failure(RangeError, `${method}: failed to grow table by ${more}`);
    return before;
  },
  set(index) {
    const method = 'WebAssembly.Table.set()';
    const table = handle(this, Table, method);
    const at = place(table, index, method);
    wasm.put(table, at, element(wasm.holdsFunctions(table), arguments, 1, `${method}: Argument 1 is invalid for table`));
  },
  get(index) {
    const method = 'WebAssembly.Table.get()';
    const table = handle(this, Table, method);
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
  handles.set(this, wasm.memory(this, initial, maximum));
}

define(Memory, {
  grow(delta) {
    const method = 'WebAssembly.Memory.grow()';
    const memory = handle(this, Memory, method);
    const before = wasm.grow(memory, size(delta, method, 'Argument 0'));
    if (before < 0) throw failure(RangeError, `${method}: ${before === -1 ? 'Maximum memory size exceeded' : 'Unable to grow instance memory'}`);
    return before;
  },
  get buffer() {
    return wasm.buffer(handle(this, Memory, 'WebAssembly.Memory.buffer'));
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
  if (type === 'externref') {
    if (arguments.length < 2) value = null;
  } else if (type === 'anyfunc') {
    if (value === undefined) value = null;
    if (value !== null && !wasm.isFunction(value)) throw failure(TypeError, `${method}: ${notFunction}`);
  } else if (value === undefined) {
    value = type === 'i64' ? 0n : 0;
  }
  handles.set(this, wasm.global(this, type, mutable, value));
}

define(Global, {
  valueOf() {
    return wasm.read(handle(this, Global, 'WebAssembly.Global.valueOf()'));
  },
  get value() {
    return wasm.read(handle(this, Global, 'get WebAssembly.Global.value'));
  },
  set value(value) {
    const method = 'set WebAssembly.Global.value';
    const global = handle(this, Global, method);
    if (!wasm.isMutable(global)) throw failure(TypeError, `${method}: Can't set the value of an immutable global.`);
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
  const object = new { memory: Memory, table: Table, global: Global }[kind](wrapping);
  handles.set(object, made);
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
    if (!isObject(value) || typeof value[Symbol.iterator] !== 'function') throw failure(TypeError, 'multi-return value must be iterable');
    return [...value];
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

// compiled returns a promise of a module, which is compiled beside the loop.
function compiled(bytes, method) {
  return new Promise((resolve, reject) => {
    wasm.compileLater(...source(bytes), method, (made, message) => {
      if (message !== undefined) {
        reject(failure(WebAssembly.CompileError, message));
        return;
      }
      const module = new Module(wrapping);
      handles.set(module, made);
      resolve(module);
    });
  });
}

function refuseStreaming(source) {
  const { ERR_INVALID_ARG_TYPE } = require('internal/errors').codes;
  throw new ERR_INVALID_ARG_TYPE('source', ['Response', 'Promise resolving to Response'], source);
}

async function instance(module, imports, method) {
  const object = new Instance(wrapping);
  handles.set(object, instantiated(handles.get(module), imports, method));
  return object;
}
