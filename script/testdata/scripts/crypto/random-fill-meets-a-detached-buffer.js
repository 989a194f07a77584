// What is filled may be gone when there are bytes for it: the callback is called all the same.
const { randomFill } = require('crypto');

const grown = (memory) => new Promise((resolve) => {
  const view = new Uint8Array(memory.buffer);
  randomFill(view, (error, filled) => resolve([error, filled === view, view.length]));
  memory.grow(1);
});
const transferred = (offset) => new Promise((resolve) => {
  const view = new Uint8Array(64);
  randomFill(view, offset, 8, (error, filled) => resolve([error, filled === view, view.length]));
  structuredClone(view.buffer, { transfer: [view.buffer] });
});
(async () => {
  console.log(await grown(new WebAssembly.Memory({ initial: 1 })), await grown(new WebAssembly.Memory({ initial: 1, maximum: 4 })));
  console.log(await transferred(0), await transferred(8));
  const buffer = new ArrayBuffer(16);
  randomFill(buffer, (error, filled) => console.log(error, filled === buffer, buffer.byteLength));
  structuredClone(buffer, { transfer: [buffer] });
})();
