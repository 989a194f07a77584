// Old scripts write new Buffer.from, and V8 lets them: it is a function as any other.
'use strict';
console.log(new Buffer.from('text'), new Buffer.alloc(2, 7), new Buffer.concat([Buffer.from('a'), Buffer.from('b')]));
console.log(new Buffer.allocUnsafe(3).length, new Buffer.allocUnsafeSlow(4).length, new Buffer.from([1, 2]) instanceof Buffer);
const { from, alloc } = Buffer;
console.log(from('alone'), alloc(1), from.name, from.length, alloc.length, Buffer.concat.name, from);
try {
  new Buffer.from(5);
} catch (error) {
  console.log(error.code);
}
for (const source of ['123', new String('45'), 6, true, Symbol.iterator, new Set([7]), { length: 1, 0: '8' }]) {
  console.log(Uint8Array.from(source), Int16Array.from(source, (value, i) => value * 10 + i));
}
console.log(Float32Array.from('12', function (value) { return this.add + Number(value); }, { add: 0.5 }), Uint8Array.from.name, Uint8Array.from.length);
for (const source of [undefined, null]) {
  try {
    Uint8Array.from(source);
  } catch (error) {
    console.log(error.name);
  }
}
