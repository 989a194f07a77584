// Modules with a byte, a bit or an end that is wrong: which of them are modules still?
const { assemble } = require('../assemble.js');

const get = (i) => [0x20, i];
const modules = [
  assemble({
    types: [[['i32', 'i32'], ['i32']], [[], []]],
    imports: [['env', 'f', 'function', 1], ['env', 'g', 'global', 'i32', false], ['env', 'mem', 'memory', [1, 2]], ['env', 't', 'table', 'funcref', [1]]],
    functions: [[0, get(0), get(1), 0x6a], [1, [[1, 'i32']], 0x10, 0]],
    globals: [['i32', true, 0x41, 5], ['f64', false, 0x44, 0, 0, 0, 0, 0, 0, 0, 0]],
    exports: [['a', 'function', 1], ['b', 'memory', 0], ['c', 'table', 0], ['d', 'global', 1]],
    start: 2,
    elements: [[0, 1, 2]],
    data: [[0, 'abc']],
    custom: [['x', 'y']],
  }),
  assemble({
    types: [[['i32'], ['i32']]],
    functions: [[0, get(0), 0x28, 2, 0]],
    tables: [['funcref', [1, 5]]],
    memories: [[1, 3]],
    exports: [['a', 'function', 0]],
    elements: [[0, 0]],
    data: [[4, 'hello']],
  }),
];
let seed = 12345;
const random = (n) => {
  seed = (seed * 1103515245 + 12345) % 2147483648;
  return Math.floor((seed / 2147483648) * n);
};
let verdicts = '';
for (let i = 0; i < 1500; i++) {
  let bytes = Uint8Array.from(modules[i % 2]);
  for (let n = random(2); n >= 0 && bytes.length > 9; n--) {
    const at = 8 + random(bytes.length - 8);
    switch (random(3)) {
      case 0: bytes[at] = random(256); break;
      case 1: bytes[at] ^= 1 << random(8); break;
      default: bytes = bytes.subarray(0, at);
    }
  }
  verdicts += WebAssembly.validate(bytes) ? '+' : '-';
}
console.log(verdicts.replace(/.{100}/g, '$&\n'));
