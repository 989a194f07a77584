const { instance, attempt } = require('../assemble.js');

const get = (i) => [0x20, i];
const types = [[['i32'], ['i32']], [['i32', 'i32'], ['i32']], [[], []]];
const m = {
  types,
  functions: [
    [0, get(0), get(0), 0x6c],
    [0, get(0), 0x41, 1, 0x6a],
    [1, get(0), get(1), 0x11, 0, 0], // call_indirect
    [2],
  ],
  tables: [['funcref', [4, 8]]],
  elements: [[0, 0, 1]],
  exports: [['table', 'table', 0], ['call', 'function', 2], ['square', 'function', 0], ['void', 'function', 3]],
};
const e = instance(m);
const { table } = e;
console.log(table, table.length, table === e.table, table instanceof WebAssembly.Table);
console.log(table.get(0) === e.square, table.get(1) === table.get(1), table.get(1).name, table.get(1)(5), table.get(2));
console.log(e.call(7, 0), e.call(7, 1));
table.set(3, e.square);
console.log(e.call(6, 3), table.get(3) === e.square);
table.set(3, null);
console.log(table.get(3));
table.set(2, e.void);
attempt(() => e.call(1, 2));
attempt(() => e.call(1, 99));
attempt(() => table.get(4));
attempt(() => table.set(0, () => 1));
console.log(table.grow(2), table.length, table.get(5), table.grow(2, e.square), table.get(7) === e.square);
attempt(() => table.grow(1));

// A table of the script's, in two instances; a function of JavaScript in a table.
const host = new WebAssembly.Table({ element: 'anyfunc', initial: 4 });
const first = instance({ ...m, tables: undefined, imports: [['env', 'table', 'table', 'funcref', [2]]] }, { env: { table: host } });
const second = instance({
  types,
  imports: [['env', 'table', 'table', 'funcref', [2]], ['env', 'triple', 'function', 0], ['env', 'square', 'function', 0]],
  elements: [[2, 0, 1]],
  exports: [['triple', 'function', 0], ['table', 'table', 0]],
}, { env: { table: host, triple: (n) => n * 3, square: first.square } });
console.log(first.table === host, second.table === host, host.length);
console.log(first.call(5, 0), first.call(5, 1), first.call(5, 2), first.call(5, 3));
console.log(host.get(2) === second.triple, host.get(2)(4), host.get(3) === first.square, host.get(0) === e.square);
host.set(0, e.square);
console.log(host.get(0) === e.square, first.call(8, 0));
// Two instances of one module have functions of their own.
const compiled = new WebAssembly.Module(require('../assemble.js').assemble(m));
const [a, b] = [new WebAssembly.Instance(compiled).exports, new WebAssembly.Instance(compiled).exports];
console.log(a.square === b.square, a.table.get(0) === a.square, b.table.get(0) === b.square, a.table.get(0) === b.square);
a.table.set(0, b.square);
console.log(a.table.get(0) === b.square);

const wants = (limits, given, type = 'funcref') => attempt(() => instance({ imports: [['env', 't', 'table', type, limits]] }, { env: { t: given } }));
wants([5], host);
wants([1, 9], host);
wants([1, 4], new WebAssembly.Table({ element: 'anyfunc', initial: 1, maximum: 5 }));
wants([1], {});
wants([1], host, 'externref');
attempt(() => instance({ ...m, elements: [[3, 0, 1]] }));

// References are values.
const refs = instance({
  types: [[['funcref'], ['funcref']], [[], ['funcref']], [['externref'], ['externref']]],
  functions: [[0, get(0)], [1, 0xd2, 0], [1, 0xd0, 0x70], [2, get(0)]],
  globals: [['funcref', true, 0xd0, 0x70], ['externref', true, 0xd0, 0x6f]],
  tables: [['externref', [2]]],
  exports: [['same', 'function', 0], ['itself', 'function', 1], ['none', 'function', 2], ['g', 'global', 0], ['x', 'global', 1], ['t', 'table', 0]],
});
console.log(refs.same(e.square) === e.square, refs.itself() === refs.same, refs.none(), refs.same(null));
attempt(() => refs.same(() => 1));
attempt(() => refs.same());
refs.g.value = e.square;
const thing = { a: 'thing' };
refs.x.value = thing;
refs.t.set(1, thing);
console.log(refs.g.value === e.square, refs.x.value === thing, refs.t.get(1) === thing, refs.t.get(0));
attempt(() => { refs.g.value = 5; });

{
  // A module cannot make a table larger than 10000000 elements either.
  const { assemble } = require('../assemble.js');
  const grow = [0, 0xd0, 0x70, 0x20, 0, 0xfc, 15, 0];
  for (const size of [[0], [0, 5], [0, 4294967295]]) {
    const made = new WebAssembly.Instance(new WebAssembly.Module(assemble({
      types: [[['i32'], ['i32']]], functions: [grow], tables: [['funcref', size]], exports: [['grow', 'function', 0], ['t', 'table', 0]],
    }))).exports;
    console.log(made.grow(3), made.grow(9999998), made.grow(2), made.grow(1), made.t.length);
  }
  for (const maximum of [undefined, 5, 4294967295]) {
    const t = new WebAssembly.Table({ element: 'anyfunc', initial: 1, maximum });
    const { f } = new WebAssembly.Instance(new WebAssembly.Module(assemble({
      types: [[['i32'], ['i32']]], imports: [['a', 't', 'table', 'funcref', [0]]], functions: [grow], exports: [['f', 'function', 0]],
    })), { a: { t } }).exports;
    console.log(f(3), f(9999998), f(2), t.length, t.grow(1, undefined), t.get(t.length - 1));
  }
}
