// Makes binaries of WebAssembly: each section is a list of entries, each entry bytes.

'use strict';

const flat = (...parts) => parts.flat(Infinity);
const number = (n) => (n < 128 ? [n] : [(n & 127) | 128, ...number(n >>> 7)]);
const signed = (n) => ((n >= -64 && n < 64) ? [n & 127] : [(n & 127) | 128, ...signed(n >> 7)]);
const text = (s) => {
  const bytes = [...Buffer.from(s)];
  return [...number(bytes.length), ...bytes];
};
const types = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c, v128: 0x7b, funcref: 0x70, externref: 0x6f };
const kinds = { function: 0, table: 1, memory: 2, global: 3 };

function type(name) {
  return types[name] ?? name;
}

function limits([min, max]) {
  return max === undefined ? [0, ...number(min)] : [1, ...number(min), ...number(max)];
}

// describe is the type of an import: ['function', index], ['memory', [1, 2]],
// ['table', 'funcref', [1]] or ['global', 'i32', mutable].
function describe([kind, ...rest]) {
  switch (kind) {
    case 'function': return [0, ...number(rest[0])];
    case 'table': return [1, type(rest[0]), ...limits(rest[1])];
    case 'memory': return [2, ...limits(rest[0])];
    default: return [3, type(rest[0]), rest[1] ? 1 : 0];
  }
}

// assemble: types are [params, results]; imports [module, name, ...type]; functions
// [type, ...code] or [type, [[count, type]], ...code]; exports [name, kind, index].
exports.assemble = function assemble(m) {
  const bytes = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
  const section = (id, entries) => {
    if (!entries) return;
    const body = flat(number(entries.length), entries);
    bytes.push(id, ...number(body.length), ...body);
  };
  const list = (names) => [...number(names.length), ...names.map(type)];
  section(1, m.types?.map(([params, results]) => [0x60, list(params), list(results)]));
  section(2, m.imports?.map(([module, name, ...what]) => [text(module), text(name), describe(what)]));
  section(3, m.functions?.map(([index]) => number(index)));
  section(4, m.tables?.map(([element, size]) => [type(element), limits(size)]));
  section(5, m.memories?.map(limits));
  section(6, m.globals?.map(([value, mutable, ...code]) => [type(value), mutable ? 1 : 0, code, 0x0b]));
  section(7, m.exports?.map(([name, kind, index]) => [text(name), kinds[kind], number(index)]));
  if (m.start !== undefined) bytes.push(8, 1, m.start);
  section(9, m.elements?.map(([at, ...functions]) => [0, 0x41, signed(at), 0x0b, number(functions.length), functions.map(number)]));
  section(10, m.functions?.map(([, ...code]) => {
    const locals = Array.isArray(code[0]?.[0]) ? code.shift() : [];
    const body = flat(number(locals.length), locals.map(([n, t]) => [number(n), type(t)]), code, 0x0b);
    return [number(body.length), body];
  }));
  section(11, m.data?.map(([at, string]) => [0, 0x41, signed(at), 0x0b, text(string)]));
  for (const [name, content] of m.custom ?? []) {
    const body = [...text(name), ...Buffer.from(content)];
    bytes.push(0, ...number(body.length), ...body);
  }
  return Uint8Array.from(bytes);
};
exports.signed = signed;
exports.instance = (m, imports) => new WebAssembly.Instance(new WebAssembly.Module(exports.assemble(m)), imports).exports;

// attempt prints what f returns or throws.
exports.attempt = function attempt(f) {
  try {
    console.log(f());
  } catch (error) {
    console.log(`${error.name}: ${error.message}`);
  }
};
