// Modules that announce more than they have, or write a number with too many bytes: none
// makes room for it.
const { assemble } = require('../assemble.js');

const head = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
const base = [...head, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0];
const code = [10, 4, 1, 2, 0, 0x0b];
const section = (id, ...parts) => {
  const body = parts.flat();
  return [id, body.length, ...body];
};
const table = section(4, 1, 0x70, 0, 1);
const memory = section(5, 1, 0, 1);
const verdict = (parts) => {
  const bytes = Uint8Array.from(parts);
  try {
    new WebAssembly.Module(bytes);
    return WebAssembly.validate(bytes);
  } catch (error) {
    return `${error.name} ${WebAssembly.validate(bytes)}`;
  }
};
const numbers = { overlong: Array(11).fill(0xff), most: [0xff, 0xff, 0xff, 0xff, 0x0f], extra: [0xff, 0xff, 0xff, 0xff, 0x1f], cut: [0xff, 0xff], none: [] };
for (const [name, n] of Object.entries(numbers)) {
  console.log(name, [
    [...base, ...section(9, n), ...code],
    [...base, ...table, ...section(9, 1, 0, 0x41, 0, 0x0b, n), ...code],
    [...base, ...table, ...section(9, 1, 0, 0x41, 0, 0x0b, 1, n), ...code],
    [...base, ...table, ...section(9, 1, n), ...code],
    [...base, ...table, ...section(9, 1, 5, 0x70, n), ...code],
    [...base, ...section(10, n)],
    [...base, ...section(10, 1, n)],
    [...base, ...section(10, 1, 2 + n.length, n, 0x0b)],
    [...base, ...section(10, 1, 3 + n.length, 1, n, 0x7f, 0x0b)],
    [...base, ...section(10, 1, 6 + n.length, 0, 0x41, 0, 0x0e, n, 0x0b)],
    [...base, ...memory, ...code, ...section(11, n)],
    [...base, ...memory, ...code, ...section(11, 1, 0, 0x41, 0, 0x0b, n)],
    [...base, ...memory, ...code, ...section(11, 1, 1, n)],
    [...base, ...section(12, n), ...code],
    ...[1, 2, 3, 4, 5, 6, 7, 8].map((id) => [...head, ...(id > 1 ? section(1, 1, 0x60, 0, 0) : []), ...section(id, n)]),
  ].map(verdict).join());
}
const attempt = (bytes) => {
  try {
    console.log(new WebAssembly.Module(Uint8Array.from(bytes)));
  } catch (error) {
    console.log(error.message);
  }
};
attempt([...base, ...section(9, numbers.overlong), ...code]);
attempt([...base, ...section(9, numbers.extra), ...code]);
for (const id of [1, 2, 3, 4, 5, 6, 7]) attempt([...base.slice(0, id > 3 ? 18 : id > 1 ? 14 : 8), ...section(id, numbers.overlong)]);

// A function has 50000 locals at most, with its parameters.
for (const [params, ...groups] of [[[], 50000], [[], 50001], [[], 30000, 20001], [['i32', 'i32'], 49998], [['i32', 'i32'], 49999], [[], 0xffffffff],
  [[], 0xffffffff, 0xffffffff]]) {
  attempt(assemble({ types: [[params, []]], functions: [[0, groups.map((n) => [n, 'i32'])]] }));
}
(async () => {
  const bytes = Uint8Array.from([...base, ...section(9, numbers.overlong), ...code]);
  await WebAssembly.compile(bytes).catch((error) => console.log(error.name));
  await WebAssembly.instantiate(bytes).catch((error) => console.log(error.name));
})();
