// Copyright 2026 The duplex authors. MIT license.

'use strict';

(async () => {
  let n = 0;
  const stream = new ReadableStream({
    start(controller) {
      console.log('start', controller.desiredSize);
    },
    async pull(controller) {
      controller.enqueue(++n);
      console.log('pull', n, controller.desiredSize);
      if (n === 5) controller.close();
    },
    cancel(reason) {
      console.log('cancel', reason);
    },
  }, { highWaterMark: 2 });
  await new Promise(setImmediate);
  const reader = stream.getReader();
  for (;;) {
    const { value, done } = await reader.read();
    console.log(value, done);
    if (done) break;
  }
  await reader.closed;
  reader.releaseLock();

  const sized = new ReadableStream({
    pull(controller) {
      controller.enqueue('abcd');
      console.log('room', controller.desiredSize);
    },
    cancel: (reason) => console.log('cancelled for', reason),
  }, { highWaterMark: 6, size: (chunk) => chunk.length });
  await new Promise(setImmediate);
  await sized.cancel('enough');

  for await (const one of ReadableStream.from(['a', Promise.resolve('b')])) console.log(one);
  const left = new ReadableStream({ pull: (controller) => controller.enqueue(1), cancel: (reason) => console.log('left', reason) });
  for await (const one of left) {
    console.log(one, left.locked);
    break;
  }
  console.log(left.locked);
  const kept = new ReadableStream({ pull: (controller) => controller.enqueue(2) });
  for await (const one of kept.values({ preventCancel: true })) {
    console.log(one);
    break;
  }
  console.log((await kept.getReader().read()).value);

  for (const source of [
    { start() { throw new Error('at the start'); } },
    { async start() { throw new Error('of the start'); } },
    { pull() { throw new Error('of a pull'); } },
    { start: (controller) => controller.error(new Error('told')) },
  ]) {
    try {
      await new ReadableStream(source).getReader().read();
    } catch (error) {
      console.log(error.message);
    }
  }
})();
