const { instance, attempt } = require('../assemble.js');

const get = (i) => [0x20, i];
const e = instance({
  types: [[[], []], [['i32', 'i32'], ['i32']], [['f64'], ['i32']], [['i32'], ['i32']], [['i64', 'i64'], ['i64']]],
  functions: [
    [0, 0x00],
    [1, get(0), get(1), 0x6d],
    [1, get(0), get(1), 0x6f],
    [2, get(0), 0xaa],
    [3, get(0), 0x28, 2, 0],
    [0, 0x10, 5],
    [0, [0x41, 1], 0x11, 0, 0],
    [4, get(0), get(1), 0x7f],
  ],
  tables: [['funcref', [2]]],
  elements: [[0, 0]],
  memories: [[1]],
  exports: [['unreachable', 'function', 0], ['div', 'function', 1], ['rem', 'function', 2], ['trunc', 'function', 3], ['load', 'function', 4],
    ['deep', 'function', 5], ['indirect', 'function', 6], ['div64', 'function', 7]],
});
attempt(() => e.unreachable());
console.log(e.div(7, -2), e.rem(7, -2), e.trunc(-7.9));
attempt(() => e.div(1, 0));
attempt(() => e.div(-2147483648, -1));
console.log(e.rem(-2147483648, -1));
attempt(() => e.div64(1n, 0n));
attempt(() => e.trunc(NaN) === undefined);
attempt(() => e.load(65533));
attempt(() => e.deep());
try {
  e.unreachable();
} catch (error) {
  console.log(error instanceof WebAssembly.RuntimeError, error instanceof Error, Object.prototype.toString.call(error), Object.keys(error));
  console.log(error.stack.split('\n')[0], error.constructor === WebAssembly.RuntimeError);
}
try {
  e.deep();
} catch (error) {
  console.log(error instanceof RangeError);
}
console.log(e.div(6, 3));
