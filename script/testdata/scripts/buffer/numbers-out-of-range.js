// Copyright 2026 The duplex authors. MIT license.

'use strict';

const b = Buffer.alloc(4);
const attempts = [
  () => b.writeUInt8(256), () => b.writeInt8(-129), () => b.writeUInt16LE(70000), () => b.writeInt32BE(2 ** 31), () => b.writeUInt8('x'),
  () => b.readUInt8(4), () => b.readUInt32LE(1), () => b.readInt8(-1), () => b.readInt8(1.5), () => b.readInt8('1'),
  () => b.readUIntLE(0, 7), () => b.writeBigInt64LE(1n), () => Buffer.alloc(8).writeBigUInt64LE(-1n), () => b.readDoubleLE(0),
];
for (const attempt of attempts) {
  try {
    console.log(String(attempt), attempt());
  } catch (e) {
    console.log(String(attempt), e.name, e.code, e.message);
  }
}
