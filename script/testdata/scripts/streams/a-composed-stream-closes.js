// Copyright 2026 The duplex authors. MIT license.

'use strict';

// It closes when its pipeline has ended, whatever has become of the parts.
const { compose, Duplex, PassThrough, Readable, Writable } = require('stream');

const watch = (name, stream) => {
  for (const event of ['end', 'finish', 'close']) stream.on(event, () => console.log(name, event));
  return stream.on('error', (error) => console.log(name, error.message));
};
const wait = async (title) => {
  for (let i = 0; i < 6; i++) await new Promise((resolve) => setImmediate(resolve));
  console.log('-', title);
};
(async () => {
  for (const [first, last] of [[false, true], [true, false]]) {
    const parts = [first, last].map((autoDestroy) => new PassThrough({ autoDestroy }));
    const composed = watch('composed', compose(...parts));
    composed.resume().end('text');
    await wait('composed of one that is not destroyed');
    console.log(parts.map((part) => part.destroyed));
  }
  const source = Readable.from(['a'], { autoDestroy: false });
  const joined = watch('joined', Duplex.from({ readable: source, writable: new PassThrough({ autoDestroy: false }) }));
  joined.resume().end('b');
  await wait('joined');
  console.log(source.destroyed);

  const slow = watch('slow', new Writable({ write() {} }));
  const alone = watch('alone', Duplex.from(slow));
  alone.write('c');
  alone.end();
  alone.destroy();
  await wait('destroyed while it waits');
})();
