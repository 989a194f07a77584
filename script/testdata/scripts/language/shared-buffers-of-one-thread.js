// SharedArrayBuffer and Atomics, where nobody else is there.
const { types, inspect } = require('util');
const tell = (f) => {
  try {
    console.log(f());
  } catch (e) {
    console.log(e.name, e.message);
  }
};
const shared = new SharedArrayBuffer(16);
console.log(shared, shared.byteLength, shared instanceof ArrayBuffer, shared instanceof SharedArrayBuffer, String(shared));
console.log(types.isSharedArrayBuffer(shared), types.isArrayBuffer(shared), types.isAnyArrayBuffer(shared), types.isSharedArrayBuffer(new ArrayBuffer(1)));
const view = new Int32Array(shared);
const bytes = Buffer.from(shared, 4, 8);
view[1] = 0x01020304;
console.log(bytes, view.buffer === shared, structuredClone({ view }).view, shared.slice(4, 8), new Uint8Array(shared, 4, 2));
new Uint8Array(structuredClone(shared))[0] = 7;
console.log(view[0], shared.growable, shared.maxByteLength, inspect(new SharedArrayBuffer(0)));
tell(() => SharedArrayBuffer(1));
tell(() => Object.getOwnPropertyDescriptor(SharedArrayBuffer.prototype, 'byteLength').get.call(new ArrayBuffer(1)));
console.log(SharedArrayBuffer.length, SharedArrayBuffer.name, Object.keys(globalThis).includes('Atomics'), String(SharedArrayBuffer), Object.prototype.toString.call(Atomics));

console.log(Atomics.add(view, 2, 5), Atomics.sub(view, 2, 2), Atomics.or(view, 2, 8), Atomics.and(view, 2, 9), Atomics.xor(view, 2, 1), Atomics.load(view, 2));
console.log(Atomics.exchange(view, 2, 4.7), Atomics.compareExchange(view, 2, 4, 6), Atomics.compareExchange(view, 2, 4, 9), Atomics.store(view, 2, '12'), view[2]);
const small = new Uint8Array(2);
console.log(Atomics.add(small, 0, 300), small[0], Atomics.store(small, 1, 300), small[1], Atomics.compareExchange(small, 1, 300, 1), small[1]);
const big = new BigInt64Array(new SharedArrayBuffer(8));
console.log(Atomics.add(big, 0, 2n ** 63n), big[0], Atomics.load(big, 0), Atomics.isLockFree(4), Atomics.isLockFree(3));
console.log(Atomics.wait(view, 0, 0, 1), Atomics.wait(view, 3, 0, 1), Atomics.wait(view, 3, 0, -1), Atomics.notify(view, 0, 1));
tell(() => Atomics.load(view, 4));
tell(() => Atomics.load(new Float64Array(1), 0));
tell(() => Atomics.load({}, 0));
tell(() => Atomics.add(big, 0, 1));
tell(() => Atomics.wait(new Int32Array(1), 0, 0, 0));
tell(() => Atomics.wait(small, 0, 0, 0));
console.log(new ArrayBuffer(3).resizable, new ArrayBuffer(3).maxByteLength, Object.keys(new ArrayBuffer(1)));
