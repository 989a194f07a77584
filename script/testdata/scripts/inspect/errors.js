// Copyright 2026 The duplex authors. MIT license.

'use strict';

const short = (e) => {
  e.stack = e.stack.split('\n')[0];
  return e;
};
console.log(short(new Error('plain')), short(new TypeError('typed')));
console.log({ e: short(new RangeError('in an object')) }, [short(new Error('in a list'))]);
console.log(short(Object.assign(new Error('with'), { code: 'ECODE', extra: { a: 1 } })));
console.log(short(new Error('outer', { cause: short(new Error('inner')) })));
console.log(short(new AggregateError([short(new Error('one')), short(new Error('two'))], 'many')));
class MyError extends Error {}
console.log(short(new MyError('mine')), short(Object.assign(new Error('renamed'), { name: 'Renamed' })));
const bare = new Error('no stack');
bare.stack = undefined;
console.log(bare);
