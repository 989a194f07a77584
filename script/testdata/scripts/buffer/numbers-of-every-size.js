// Copyright 2026 The duplex authors. MIT license.

'use strict';

const b = Buffer.alloc(8);
const table = [
  ['UInt8', 255], ['Int8', -1], ['UInt16LE', 0x1234], ['UInt16BE', 0x1234], ['Int16LE', -2], ['Int16BE', -2],
  ['UInt32LE', 0xdeadbeef], ['UInt32BE', 0xdeadbeef], ['Int32LE', -3], ['Int32BE', -3], ['FloatLE', 1.5], ['FloatBE', -0.1],
  ['DoubleLE', Math.PI], ['DoubleBE', -0], ['BigInt64LE', -4n], ['BigUInt64BE', 2n ** 63n],
];
for (const [name, value] of table) {
  b.fill(0);
  console.log(name, b[`write${name}`](value, 0), b.toString('hex'), b[`read${name}`](0));
}
console.log(b.writeUIntBE(0x123456, 1, 3), b.readUIntBE(1, 3), b.writeIntLE(-5, 0, 6), b.readIntLE(0, 6), b);
console.log(b.writeUint8(1), b.readUint16LE());
