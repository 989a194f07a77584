// Copyright 2026 The duplex authors. MIT license.

'use strict';

const sink = (name, more) => new WritableStream({
  write: (chunk) => console.log(name, chunk),
  close: () => console.log(name, 'close'),
  abort: (reason) => console.log(name, 'abort', reason?.message ?? reason),
  ...more,
});
const source = (...chunks) => new ReadableStream({
  pull(controller) {
    const chunk = chunks.shift();
    if (chunk === undefined) controller.close();
    else if (chunk instanceof Error) controller.error(chunk);
    else controller.enqueue(chunk);
  },
  cancel: (reason) => console.log('cancel', reason?.message ?? reason),
});
const told = (promise) => promise.then(() => console.log('done'), (error) => console.log('failed', error?.name, error?.message));

(async () => {
  await told(source(1, 2).pipeTo(sink('a')));
  await told(source(1, new Error('source')).pipeTo(sink('b')));
  await told(source(1, 2, 3).pipeTo(sink('c', { write: () => Promise.reject(new Error('sink')) })));
  const open = sink('d');
  await told(source(1).pipeTo(open, { preventClose: true }));
  await told(source(2, new Error('again')).pipeTo(open, { preventAbort: true }));
  console.log(open);
  const kept = source(1, 2, 3);
  await told(kept.pipeTo(sink('e', { write: () => Promise.reject(new Error('sink')) }), { preventCancel: true }));
  console.log(kept);
  const aborts = new AbortController();
  const waiting = told(new ReadableStream({ cancel: (reason) => console.log('cancel', reason.name) }).pipeTo(sink('f'), { signal: aborts.signal }));
  await new Promise(setImmediate);
  aborts.abort();
  await waiting;
  await told(source(1).pipeTo(sink('g'), { signal: AbortSignal.abort('before') }));
  const closed = sink('h');
  await closed.close();
  await told(source(1).pipeTo(closed));
})();
