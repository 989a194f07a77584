// Copyright 2026 The duplex authors. MIT license.

'use strict';

const whole = Buffer.from('0123456789');
const part = whole.subarray(2, 5);
part[0] = 0x78;
console.log(String(whole), String(part), part.length, part.buffer === whole.buffer);
console.log(String(whole.slice(-3)), String(whole.subarray(-5, -2)), whole.subarray(5, 2).length, part instanceof Buffer);
const copy = Uint8Array.prototype.slice.call(whole, 0, 2);
copy[0] = 0x21;
console.log(String(whole), copy instanceof Buffer, copy);
