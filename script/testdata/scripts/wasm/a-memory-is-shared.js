const { assemble, instance, attempt } = require('../assemble.js');

const get = (i) => [0x20, i];
const m = {
  types: [[['i32'], ['i32']], [['i32', 'i32'], []]],
  functions: [[0, get(0), 0x2d, 0, 0], [1, get(0), get(1), 0x3a, 0, 0], [0, get(0), 0x40, 0]],
  memories: [[1, 4]],
  exports: [['memory', 'memory', 0], ['load', 'function', 0], ['store', 'function', 1], ['grow', 'function', 2]],
  data: [[8, 'data of the module']],
};
const e = instance(m);
const { memory } = e;
console.log(memory, memory === e.memory, memory instanceof WebAssembly.Memory);
console.log(memory.buffer === memory.buffer, memory.buffer.byteLength, Buffer.from(memory.buffer, 8, 18).toString());
let bytes = new Uint8Array(memory.buffer);
bytes[100] = 42;
e.store(101, 300);
console.log(e.load(100), bytes[101], bytes.length);
const before = memory.buffer;
console.log(e.grow(1), before.byteLength, bytes.length, bytes[100], memory.buffer === before, memory.buffer.byteLength);
bytes = new Uint8Array(memory.buffer);
bytes[131071] = 7;
console.log(bytes[100], e.load(131071), Buffer.from(memory.buffer, 8, 4).toString());
const second = memory.buffer;
console.log(memory.grow(1), second.byteLength, memory.buffer.byteLength, e.load(131071));
const third = memory.buffer;
console.log(memory.grow(0), third.byteLength, third === memory.buffer);
console.log(e.grow(2), memory.buffer.byteLength, e.grow(1), memory.buffer.byteLength);
attempt(() => memory.grow(2));
attempt(() => memory.grow(65536));
attempt(() => e.load(-1));
attempt(() => e.load(3 * 65536));

// A memory of the script's, in two instances.
const importing = {
  types: m.types, functions: m.functions, imports: [['env', 'memory', 'memory', [1, 10]]], data: [[0, 'from one']],
  exports: m.exports,
};
const host = new WebAssembly.Memory({ initial: 2, maximum: 10 });
const one = instance(importing, { env: { memory: host } });
const two = instance({ ...importing, data: [[20, 'from two']] }, { env: { memory: host } });
console.log(one.memory === host, two.memory === host, Buffer.from(host.buffer, 0, 28).toString('latin1').replace(/\0/g, '.'));
one.store(5, 99);
console.log(two.load(5), new Uint8Array(host.buffer)[5], two.grow(3), one.load(4 * 65536), host.buffer.byteLength / 65536);
new Uint8Array(host.buffer)[4 * 65536] = 77;
console.log(one.load(4 * 65536), two.load(4 * 65536));
console.log(instance({ ...importing, data: undefined }, { env: { memory } }).load(100));

const wants = (limits, given) => attempt(() => instance({ imports: [['env', 'memory', 'memory', limits]] }, { env: { memory: given } }));
wants([3], new WebAssembly.Memory({ initial: 2 }));
wants([1, 2], new WebAssembly.Memory({ initial: 1 }));
wants([1, 2], new WebAssembly.Memory({ initial: 1, maximum: 3 }));
wants([1], {});
wants([0], undefined);
wants([0, 65536], new WebAssembly.Memory({ initial: 0, maximum: 65536 }));
attempt(() => instance({ memories: [[1]], data: [[65530, 'too long']] }));
attempt(() => instance({ memories: [[2, 1]] }));
attempt(() => instance({ memories: [[65537]] }));
const empty = new WebAssembly.Memory({ initial: 0 });
console.log(empty.buffer.byteLength, empty.grow(1), empty.buffer.byteLength);
attempt(() => empty.grow(65536));
