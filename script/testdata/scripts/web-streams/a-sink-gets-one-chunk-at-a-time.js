// Copyright 2026 The duplex authors. MIT license.

'use strict';

const later = () => new Promise(setImmediate);
(async () => {
  const stream = new WritableStream({
    start: () => console.log('start'),
    async write(chunk) {
      console.log('begins', chunk);
      await later();
      console.log('ends', chunk);
    },
    close: () => console.log('close'),
    abort: (reason) => console.log('abort', reason),
  }, { highWaterMark: 2 });
  const writer = stream.getWriter();
  console.log(writer.desiredSize);
  writer.write('a');
  const second = writer.write('b');
  console.log(writer.desiredSize);
  let ready = false;
  writer.ready.then(() => { ready = true; });
  await later();
  await second;
  console.log(writer.desiredSize);
  await writer.ready;
  console.log('ready', ready);
  writer.write('c');
  await writer.close();
  await writer.closed;
  console.log(writer.desiredSize, stream);

  const broken = new WritableStream({ write(chunk) { if (chunk === 2) throw new Error('not two'); } }).getWriter();
  await broken.write(1);
  await broken.write(2).catch((error) => console.log('write', error.message));
  await broken.write(3).catch((error) => console.log('next', error.message));
  await broken.closed.catch((error) => console.log('closed', error.message));
  await broken.ready.catch((error) => console.log('ready', error.message));
  console.log(broken.desiredSize);

  let signal;
  const aborted = new WritableStream({
    start: (controller) => { ({ signal } = controller); },
    write: () => later(),
    abort: (reason) => console.log('abort', reason),
  });
  const other = aborted.getWriter();
  other.write('under way').then(() => console.log('was written'));
  other.write('waits').catch((reason) => console.log('waits no more', reason));
  await later();
  await other.abort('enough');
  console.log(signal.aborted, signal.reason, aborted);
  await other.closed.catch((reason) => console.log('closed', reason));

  const refusing = new WritableStream({ start() { return Promise.reject(new Error('no start')); } }).getWriter();
  await refusing.closed.catch((error) => console.log(error.message));
})();
