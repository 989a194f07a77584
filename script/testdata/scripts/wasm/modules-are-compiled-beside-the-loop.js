const { assemble, attempt } = require('../assemble.js');

const bytes = assemble({
  types: [[['i32', 'i32'], ['i32']], [[], []]],
  imports: [['env', 'started', 'function', 1]],
  functions: [[0, 0x20, 0, 0x20, 1, 0x6a], [1, 0x10, 0]],
  exports: [['add', 'function', 1]],
  start: 2,
  custom: [['note', 'first'], ['other', ''], ['note', 'second']],
});
const imports = { env: { started: () => console.log('started') } };
console.log(WebAssembly.validate(bytes), WebAssembly.validate(bytes.subarray(0, 20)), WebAssembly.validate(bytes.buffer));
attempt(() => WebAssembly.validate(new DataView(bytes.buffer)));
(async () => {
  const compiled = await WebAssembly.compile(bytes);
  console.log(compiled, compiled instanceof WebAssembly.Module);
  console.log(WebAssembly.Module.customSections(compiled, 'note').map((b) => Buffer.from(b).toString()),
    WebAssembly.Module.customSections(compiled, 'none'));
  const result = await WebAssembly.instantiate(bytes, imports);
  console.log(result, Object.keys(result), result.instance.exports.add(1, 2));
  const one = await WebAssembly.instantiate(compiled, imports);
  console.log(one, one.exports.add(3, 4));
  console.log(structuredClone(compiled) instanceof WebAssembly.Module);
  attempt(() => structuredClone(new WebAssembly.Memory({ initial: 1 })));
  const buffer = Buffer.concat([Buffer.from('before'), bytes]).subarray(6);
  console.log((await WebAssembly.instantiate(buffer, imports)).instance.exports.add(5, 6));
  for (const wrong of [
    () => WebAssembly.compile(bytes.subarray(0, 3)), () => WebAssembly.compile(), () => WebAssembly.instantiate(new Uint8Array(8)),
    () => WebAssembly.instantiate(bytes), () => WebAssembly.instantiate(bytes, {}), () => WebAssembly.instantiate(bytes, { env: {} }),
    () => WebAssembly.instantiate(compiled, { env: {} }), () => WebAssembly.instantiate(bytes, 5), () => WebAssembly.instantiate({}),
    () => WebAssembly.compileStreaming(5), () => WebAssembly.instantiateStreaming(Promise.resolve({})),
    () => WebAssembly.instantiate(bytes, { env: { started() { throw new TypeError('at the start'); } } }),
  ]) await wrong().catch((error) => console.log(`${error.name}: ${error.message}`));
  bytes[0] = 1;
  console.log(new WebAssembly.Instance(compiled, imports).exports.add(7, 8));
})();

{
  // What a script says of a view is not what the view has.
  const view = Uint8Array.from(assemble({ types: [[[], []]] }));
  for (const name of ['byteLength', 'byteOffset', 'buffer', 'length']) Object.defineProperty(view, name, { value: 1e6 });
  console.log(WebAssembly.validate(view), new WebAssembly.Module(view));
  // An instance of a module begins at once.
  const module = new WebAssembly.Module(bytes);
  const begun = (started) => WebAssembly.instantiate(module, { get env() { console.log('imports are read'); return { started }; } });
  begun(() => console.log('started at once'));
  begun(() => { throw new RangeError('at the start, at once'); }).catch((error) => console.log(error.message));
  console.log('after');
}
